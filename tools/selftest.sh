#!/usr/bin/env bash
# Checks that the checks fail where they should: gives each a small tree with one thing wrong.
set -euo pipefail

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
    echo "usage: tools/selftest.sh"
    exit 0
fi
tools=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
wrong=0

# A tree that every check likes.
fresh() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree/src/base" "$work/tree/src/net" "$work/tree/src/app" "$work/tree/tests/unit"
    cd "$work/tree"
    cp "$tools/../.clang-format" .
    cat >src/base/one.h <<'END'
/* A header that needs nothing. */
#ifndef SMTPSCOPE_BASE_ONE_H
#define SMTPSCOPE_BASE_ONE_H

#include <stddef.h>

size_t one_of(const char *text);

#endif
END
    cat >src/net/two.c <<'END'
/* strcpy(a, b), malloc(1) and "quotes" in a comment, /* and a second opening
 * #include "app/options.h"
 * are no calls. TODO(#7): nothing. */
#include "base/one.h"

#include <string.h>

static const char text[] = "// strcpy(a, \" malloc(1) /* ";

size_t two_of(char quote);

size_t two_of(char quote)
{
    return quote == '"' || quote == '\'' ? strlen(text) : one_of("free(x); atoi(y)");
}
END
}

# expect good|bad DESCRIPTION CHECK [ARGUMENT...], on the tree as it stands; then a fresh tree.
expect() {
    local verdict=good
    "$tools/$3" "${@:4}" >"$work/said" 2>&1 || verdict=bad
    count=$((count + 1))
    if [ "$verdict" != "$1" ]; then
        echo "selftest: ${3%.sh}: $2: found $verdict, should be $1; it said:" >&2
        sed 's/^/    /' "$work/said" >&2
        wrong=$((wrong + 1))
    fi
    fresh
}

# Adds a line to a file of the tree.
add() { # FILE LINE
    printf '%s\n' "$2" >>"$1"
}

fresh
layers=(check-layers.sh .)
expect good "a fresh tree" "${layers[@]}"
add src/base/one.h '#include "net/two.h"'
expect bad "a room above" "${layers[@]}"
add src/net/two.c '#  include  "capture/source.h"'
expect bad "a header of a room that opens only one" "${layers[@]}"
add src/net/two.c '#include "capture/frame.h"'
expect good "that one header" "${layers[@]}"
add src/net/two.c '#include "two.h"'
expect bad "not from the root" "${layers[@]}"
add src/net/two.c '#include "../base/one.h"'
expect bad "a path with dots" "${layers[@]}"
add src/net/two.c '#include <pcap/pcap.h>'
expect bad "a library in the wrong room" "${layers[@]}"
add src/base/one.h '#include <openssl/evp.h>'
expect bad "a library in a header" "${layers[@]}"
add src/base/three.c '#include <openssl/evp.h>'
expect good "a library in its room" "${layers[@]}"
add src/app/main.c '#include <curl/curl.h>'
expect bad "an unknown library" "${layers[@]}"
mkdir src/attic && add src/attic/old.c '#include <stdio.h>'
expect bad "an unknown room" "${layers[@]}"
add src/net/two.c '#include HEADER'
expect bad "a computed include" "${layers[@]}"
add src/base/CMakeLists.txt 'smtpscope_room(base DEPENDS net)'
expect bad "a link that points up" "${layers[@]}"

banned=(check-banned.sh .)
expect good "a fresh tree" "${banned[@]}"
for call in 'strcpy(a, b)' 'strcat (a, b)' 'sprintf(a, "")' 'vsprintf(a, "", v)' 'strtok(a, b)' \
    'x = atoi(a)' 'if (!atol(a))' 'gets(a)' 'y = alloca(3)' 'longjmp(a, 1)' 'memcpy(a, b, 1)' \
    'memmove(a, b, 1)' 'x = malloc(1)' '(void)calloc(1, 1)' 'realloc(a, 1)' 'free(a)' 'exit(1)'; do
    add src/net/two.c "    $call; /* said */"
    expect bad "$call" "${banned[@]}"
done
add src/net/two.c '    f(x /* one */, "two"), strcpy(a, b);'
expect bad "after a comment and a string on the line" "${banned[@]}"
add src/base/mem.c '    memcpy(a, b, 1), free(a);'
expect good "the heap in base" "${banned[@]}"
add src/app/main.c '    exit(1);'
expect good "exit in app" "${banned[@]}"
add src/net/two.c '    table->free(x), table.free(x), mem_free(x), my_exit(1), snprintf(a, 1, "x");'
expect good "names that only end so" "${banned[@]}"
add tests/unit/test_one.c '    free(malloc(1));'
expect good "the heap in tests" "${banned[@]}"
add tests/unit/test_one.c '    strcpy(a, b);'
expect bad "strcpy in tests" "${banned[@]}"
add src/net/two.c 'int x; // one'
expect bad "a // comment" "${banned[@]}"
add src/net/two.c 'int x; /* https://example.org */'
expect good "// inside a comment" "${banned[@]}"
add src/net/two.c $'/* see\n * https://example.org */'
expect good "// inside a comment of two lines" "${banned[@]}"
add src/net/two.c 'int x; /* one */ int y; // two'
expect bad "a // comment after a comment" "${banned[@]}"
add src/net/two.c $'\tint x;'
expect bad "a tab" "${banned[@]}"
add src/net/two.c '/* TODO: later */'
expect bad "a TODO without a number" "${banned[@]}"

headers=(check-headers.sh .)
expect good "a fresh tree" "${headers[@]}"
add src/net/two.h 'size_t two_of(char quote);'
expect bad "a header that needs another" "${headers[@]}"
add src/net/two.h 'struct two { int member; };'
expect bad "a header without a guard" "${headers[@]}"
add tests/unit/support.h '#include "base/none.h"'
expect bad "a header that includes what is not there" "${headers[@]}"

# clang-format takes .clang-format from the folders above the file.
format=(format.sh --check)
expect good "a fresh tree" "${format[@]}" src/base/one.h src/net/two.c
add src/net/two.c 'int  three( void ){return 3;}'
expect bad "badly formatted" "${format[@]}" src/net/two.c

passes='<testcase name="a" classname="a" time="1" status="run">'
fails='<testcase name="b" classname="b" time="1" status="fail">'
skips='<testcase name="c" classname="c" time="1" status="notrun">
    <skipped message="SKIP_RETURN_CODE=77"/>'
lost='<testcase name="d" classname="d" time="1" status="notrun">
    <skipped message="Unable to find executable"/>'
add results "$passes"
expect good "one passed" count-tests.sh results
add results "$passes" && add results "$skips"
expect good "one skipped" count-tests.sh results
add results "$passes" && add results "$fails"
expect bad "one failed" count-tests.sh results
add results "$passes" && add results "$lost"
expect bad "one whose program is missing" count-tests.sh results
add results "$skips"
expect bad "none ran" count-tests.sh results
add results "$passes"
expect bad "a failure elsewhere" count-tests.sh --failed 1 results
expect bad "no results" count-tests.sh results

if [ "$wrong" -gt 0 ]; then
    echo "selftest: $wrong of $count wrong" >&2
    exit 1
fi
echo "selftest: $count trees, each judged rightly"
