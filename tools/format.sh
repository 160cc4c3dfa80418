#!/usr/bin/env bash
# Formats the C sources, or with --check only tells which are not: tools/format.sh [--check] [FILE...]
set -euo pipefail

mode=(-i)
while [ $# -gt 0 ]; do
    case "$1" in
    -h | --help)
        echo "usage: tools/format.sh [--check] [FILE...]    (by default all of src/, tests/ and tools/)"
        exit 0
        ;;
    --check)
        mode=(--dry-run --Werror)
        shift
        ;;
    -*)
        echo "format: unknown option $1" >&2
        exit 2
        ;;
    *)
        break
        ;;
    esac
done

if [ $# -gt 0 ]; then
    files=("$@")
else
    cd "$(dirname "$0")/.."
    mapfile -t files < <(find src tests tools -type f -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
fi
[ "${#files[@]}" -gt 0 ] || {
    echo "format: no sources" >&2
    exit 2
}

# Versions differ in what they find well formatted; Debian 12 has 14.
program=clang-format
if command -v clang-format-14 >/dev/null; then program=clang-format-14; fi
printf '%s\0' "${files[@]}" | xargs -0 -n 16 -P "$(nproc)" "$program" --style=file "${mode[@]}" || {
    echo "format: tools/format.sh puts that right" >&2
    exit 1
}
