#!/usr/bin/env bash
# Runs one line of cases.txt and compares the report with the expected one, byte for byte.
# The program is $SMTPSCOPE. run.sh NAME | --update NAME | --list | --orphans
set -euo pipefail
cd "$(dirname "$0")/../.."
golden=tests/golden

usage() {
    echo "usage: SMTPSCOPE=program $golden/run.sh NAME | --update NAME | --list | --orphans"
}

# The fields of the case: case_capture, case_exit, case_options, case_file.
read_case() {
    local line format=txt option previous=
    line=$(awk -v name="$1" '$1 == name { sub(/^[^ \t]+[ \t]+/, ""); print; exit }' \
        "$golden/cases.txt")
    if [ -z "$line" ]; then
        echo "golden: no case '$1' in $golden/cases.txt" >&2
        exit 2
    fi
    case_capture=captures/${line%%[[:space:]]*}
    mapfile -t case_options < <(
        printf '%s' "$line" | sed 's/^[^[:space:]]*[[:space:]]*//' | xargs -r -n 1 printf '%s\n'
    )
    case_exit=0
    if [[ ${case_options[0]:-} == exit=* ]]; then
        case_exit=${case_options[0]#exit=}
        case_options=("${case_options[@]:1}")
    fi
    for option in "${case_options[@]}"; do
        case "$previous" in -f | --format) format=$option ;; esac
        case "$option" in
        --format=*) format=${option#*=} ;;
        -f?*) format=${option#-f} ;;
        esac
        previous=$option
    done
    case "$format" in json | ndjson | html) ;; *) format=txt ;; esac
    case_file=$golden/$1.$format
}

# Writes the report to the file $1; fails where the exit status is not the expected one.
run_case() {
    local status=0
    if [ ! -f "$case_capture" ]; then
        echo "golden: no $case_capture" >&2
        return 1
    fi
    env TZ=UTC LC_ALL=C.UTF-8 COLUMNS=80 NO_COLOR=1 \
        "${SMTPSCOPE:?is not set: the path of the program}" analyze --time utc \
        "${case_options[@]}" "$case_capture" </dev/null >"$1" 2>"$1.err" || status=$?
    if [ "$status" -ne "$case_exit" ]; then
        echo "golden: exit status $status, expected $case_exit; it said:" >&2
        cat "$1.err" >&2
        return 1
    fi
}

list_names() {
    awk '/^[^# \t]/ { print $1 }' "$golden/cases.txt"
}

# Expected reports that no case names.
orphans() {
    local name known=" cases.txt CMakeLists.txt " found=0
    for name in $(list_names); do
        read_case "$name"
        known+="${case_file##*/} "
    done
    for name in "$golden"/*.{txt,json,ndjson,html}; do
        if [ -e "$name" ] && [[ $known != *" ${name##*/} "* ]]; then
            echo "golden: no case in $golden/cases.txt for $name" >&2
            found=1
        fi
    done
    return "$found"
}

case "${1:-}" in
-h | --help)
    usage
    exit 0
    ;;
--list)
    list_names
    exit 0
    ;;
--orphans)
    orphans
    exit
    ;;
esac

update=
if [ "${1:-}" = --update ]; then
    update=yes
    shift
fi
if [ $# -ne 1 ]; then
    usage >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
read_case "$1"
run_case "$work/report"

if [ -n "$update" ]; then
    cp "$work/report" "$case_file"
    echo "golden: wrote $case_file"
elif [ ! -f "$case_file" ]; then
    echo "golden: no $case_file; make it with: tools/golden.sh --update $1" >&2
    exit 1
elif ! diff -u "$case_file" "$work/report"; then
    echo "golden: $case_file differs. Where the new report is right:" >&2
    echo "golden: tools/golden.sh --update $1, and review the difference." >&2
    exit 1
fi
