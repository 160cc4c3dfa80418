#!/usr/bin/env bash
# Runs the optimised program under valgrind's memcheck over every capture, some floods and what
# answers without one: tools/valgrind.sh [PROGRAM-FOLDER [CAPTURE...]]
# shellcheck disable=SC2317  # the functions are reached through xargs
set -euo pipefail

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
    echo "usage: tools/valgrind.sh [FOLDER [CAPTURE...]]"
    echo "FOLDER holds smtpscope and make-capture; without one the release preset is built. The"
    echo "captures are read beside those of captures/. An octet read or written where none is, one"
    echo "read before it was written, and memory lost are errors; the report is in build/valgrind."
    exit 0
fi

cd "$(dirname "$0")/.."
tools/install-packages.sh build test
mkdir -p build/valgrind
if [ $# -eq 0 ]; then
    # Optimised, for that is what is installed; not sanitized, for valgrind knows no sanitizer's heap.
    {
        cmake --preset release -B build/valgrind/release -DSMTPSCOPE_TOOLS=ON &&
            cmake --build build/valgrind/release
    } >build/valgrind/build.log 2>&1 || {
        cat build/valgrind/build.log >&2
        exit 1
    }
    set -- build/valgrind/release/bin
fi
folder=$1
shift
export folder

# One run a line: a name, '|', the program's arguments. Standard input is a flood or empty.
runs() {
    local capture name flood
    for capture in captures/*.pcap captures/*.pcapng "$@"; do
        name=${capture##*/}
        echo "$name.ndjson|analyze --format ndjson --headers $capture"
        echo "$name.text|analyze -v --lang fr --checksums $capture"
    done
    echo "together.json|analyze --format json --ports any $(echo captures/*.pcap)"
    echo "together.summary|analyze --format summary $(echo captures/*.pcap)"
    for flood in syn half-open one-packet holes endless-line huge-message long-reply pipelined bdat; do
        echo "flood-$flood|analyze --format ndjson --memory 16 -"
    done
    echo "no-capture|analyze /dev/null"
    echo "explain|explain 550 5.7.1"
    echo "compare|compare 450 550"
    echo "codes|codes"
    echo "findings|findings"
    echo "help|help analyze"
}

# Valgrind forwards system calls of its own, which the sandbox would not allow.
check() { # NAME|ARGUMENTS
    local name=${1%%|*} arguments status=0 log
    read -ra arguments <<<"${1#*|}"
    case "${arguments[0]}" in
    analyze) arguments=(analyze --no-sandbox "${arguments[@]:1}") ;;
    esac
    log=build/valgrind/$name.log
    # shellcheck disable=SC2154  # folder is exported
    case "$name" in
    flood-*) "$folder/make-capture" --flood "${name#flood-}" --count 20000 - ;;
    esac | valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect --error-exitcode=99 --log-file="$log" \
        "$folder/smtpscope" "${arguments[@]}" >/dev/null 2>"$log.stderr" || status=$?
    # /dev/null is no capture: 1 is what is due.
    [ "$name" != no-capture ] || [ "$status" -ne 1 ] || status=0
    if [ "$status" -ne 0 ] || [ -s "$log" ]; then
        echo "valgrind: $name: status $status" >&2
        cat "$log" "$log.stderr" >&2
        return 1
    fi
}
export -f check

count=$(runs "$@" | wc -l)
failed=0
# shellcheck disable=SC2016  # $1 is the inner shell's
runs "$@" | tr '\n' '\0' |
    xargs -0 -P "$(nproc)" -I {} bash -c 'set -o pipefail; check "$1"' - {} || failed=1
if [ "$failed" -ne 0 ]; then
    echo "valgrind: failed; the reports are in build/valgrind"
    exit 1
fi
echo "valgrind: $count runs without an error"
