#!/usr/bin/env bash
# Looks for calls and habits that this code does without: tools/check-banned.sh [TOP]
set -euo pipefail

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
    echo "usage: tools/check-banned.sh [TOP-OF-TREE]"
    exit 0
fi
tools=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$tools/..}"

mapfile -t files < <(find src tests tools -type f -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
[ "${#files[@]}" -gt 0 ] || {
    echo "check-banned: no sources under $PWD" >&2
    exit 2
}
code=$(awk -f "$tools/code-only.awk" "${files[@]}")
comments=$(awk -v comments=1 -f "$tools/code-only.awk" "${files[@]}")

failures=0
# report ADVICE: what standard input holds is wrong.
report() {
    local found count
    found=$(cat)
    [ -n "$found" ] || return 0
    count=$(wc -l <<<"$found")
    printf '%s\n' "$found" >&2
    echo "  -> $1" >&2
    failures=$((failures + count))
}

# calls NAME|NAME: lines of code that call one of these; a member of that name is no such call.
calls() {
    grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_.>])?($1)[ 	]*\\(" <<<"$code" || true
}

# The lines of standard input that are under src/, but for those under the folder $1.
outside() {
    { grep '^src/' || true; } | { grep -v "^$1/" || true; }
}

report "no bound: use struct buf, snprintf or a cursor" < <(
    calls 'strcpy|strcat|stpcpy|sprintf|vsprintf|strtok|gets|alloca'
)
report "cannot tell an error: use slice_to_u64 or strtol" < <(calls 'atoi|atol|atoll|atof')
report "a function returns to its caller" < <(calls 'setjmp|longjmp|sigsetjmp|siglongjmp')
heap='malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf'
report "base/mem.h has mem_copy, mem_move, mem_alloc, mem_calloc, mem_realloc, mem_free, mem_string" \
    < <(calls "memcpy|memmove|$heap" | outside src/base)
report "only src/app ends the program: return a status" < <(
    calls 'exit|_exit|_Exit|quick_exit' | outside src/app
)
report "a tab: indent with four spaces" < <(grep -nF $'\t' "${files[@]}" /dev/null || true)
report "write /* comments */" < <(
    { grep -F $'\001' <<<"$comments" || true; } | sed $'s,\001,//,'
)
report "a TODO carries its issue number: TODO(#12)" < <(
    { grep -E '(TODO|FIXME)' <<<"$comments" || true; } | { grep -vE '#[0-9]+' || true; }
)

if [ "$failures" -gt 0 ]; then
    echo "check-banned: $failures lines to change" >&2
    exit 1
fi
echo "check-banned: ${#files[@]} files, nothing banned"
