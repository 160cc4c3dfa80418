#!/usr/bin/env bash
# Runs clang-tidy over src/, remembering the files it found clean: tools/tidy.sh [FILE...]
set -euo pipefail

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
    echo "usage: tools/tidy.sh [FILE...]    (by default all of src/)"
    echo "A file is looked at again when it, a header it includes, .clang-tidy or clang-tidy changes."
    exit 0
fi
cd "$(dirname "$0")/.."

cmake --preset dev >/dev/null
# Generated sources must be there before what includes them is read.
cmake --build --preset dev --target smtpscope >/dev/null || {
    echo "tidy: the program does not build: cmake --build --preset dev --target smtpscope" >&2
    exit 1
}
mkdir -p build/tidy

if [ $# -gt 0 ]; then
    files=("$@")
else
    mapfile -t files < <(find src -type f -name '*.c' | LC_ALL=C sort)
fi

tidy_settings=$({ clang-tidy --version; cat .clang-tidy; } | sha256sum)
export tidy_settings

tidy_one() {
    local file=$1 key log
    # The file and all it includes of ours, found by the preprocessor; system headers are in -MM's
    # blind spot, and change with the packages only.
    key=$(
        {
            echo "$tidy_settings"
            gcc -std=c11 -D_GNU_SOURCE -Isrc -Ibuild/dev/generated -MM -MG -MT x "$file" |
                sed 's/^x://; s/\\$//' | tr -s ' ' '\n' | sort -u |
                while read -r part; do
                    if [ -f "$part" ]; then sha256sum "$part"; fi
                done
        } | sha256sum
    )
    key=build/tidy/${key%% *}
    [ -e "$key" ] && return 0
    log=$(clang-tidy -p build/dev --quiet "$file" 2>/dev/null) || {
        printf '%s\n' "${log:-tidy: clang-tidy cannot read $file}" >&2
        return 1
    }
    touch "$key"
}
export -f tidy_one

printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'tidy_one "$@"' tidy_one || {
    echo "tidy: change the code; where the check is wrong, NOLINTNEXTLINE(check): reason" >&2
    exit 1
}
echo "tidy: ${#files[@]} files are clean"
