#!/usr/bin/env bash
# Checks that each header under src/, tests/ and tools/ compiles alone, with gcc and with clang:
# tools/check-headers.sh [TOP]
set -euo pipefail

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
    echo "usage: tools/check-headers.sh [TOP-OF-TREE]"
    exit 0
fi
cd "${1:-$(dirname "$0")/..}"

compilers=()
for compiler in gcc clang; do
    if command -v "$compiler" >/dev/null; then compilers+=("$compiler"); fi
done
mapfile -t headers < <(find src tests tools -type f -name '*.h' 2>/dev/null | LC_ALL=C sort)
if [ "${#compilers[@]}" -eq 0 ] || [ "${#headers[@]}" -eq 0 ]; then
    echo "check-headers: no compiler, or no header under $PWD" >&2
    exit 2
fi

# The header is included twice, so that a guard that does not guard is seen.
check_one() {
    local root=${2%%/*} twice
    twice=$(printf '#include "%s"\n#include "%s"\n' "${2#"$root"/}" "${2#"$root"/}")
    "$1" -std=c11 -D_GNU_SOURCE -Isrc -Itests -Itools -fsyntax-only -Wall -Wextra -Wshadow \
        -Wstrict-prototypes -Werror -x c - <<<"$twice" || {
        echo "check-headers: $2 does not compile alone with $1: it must include what it needs" >&2
        return 1
    }
}
export -f check_one

for compiler in "${compilers[@]}"; do
    for header in "${headers[@]}"; do
        printf '%s\0%s\0' "$compiler" "$header"
    done
done | xargs -0 -n 2 -P "$(nproc)" bash -c 'check_one "$@"' check_one || exit 1
echo "check-headers: ${#headers[@]} headers compile alone with ${compilers[*]}"
