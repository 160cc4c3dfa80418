#!/usr/bin/env bash
# Fuzzes the targets of tests/fuzz for a while each: tools/fuzz.sh [--seconds N] [MODULE...]
set -euo pipefail

seconds=60
while [ $# -gt 0 ]; do
    case "$1" in
    -h | --help)
        echo "usage: tools/fuzz.sh [--seconds N] [MODULE...]"
        echo "Modules are the MODULE of tests/fuzz/fuzz_MODULE.c; all of them by default."
        echo "New inputs gather in build/fuzz/corpus/MODULE; what fails in build/fuzz/found."
        exit 0
        ;;
    --seconds)
        seconds=${2:?--seconds needs a number}
        shift 2
        ;;
    -*)
        echo "fuzz: unknown option $1" >&2
        exit 2
        ;;
    *)
        break
        ;;
    esac
done

cd "$(dirname "$0")/.."
tools/install-packages.sh build test

if [ $# -eq 0 ]; then
    for source in tests/fuzz/fuzz_*.c; do
        [ -e "$source" ] || continue
        module=${source#tests/fuzz/fuzz_}
        set -- "$@" "${module%.c}"
    done
fi
[ $# -gt 0 ] || {
    echo "fuzz: no tests/fuzz/fuzz_*.c" >&2
    exit 2
}

cmake --preset fuzz
cmake --build --preset fuzz

failed=()
mkdir -p build/fuzz/found
for module in "$@"; do
    gathered=build/fuzz/corpus/$module
    mkdir -p "$gathered"
    arguments=("$gathered")
    if [ -d "tests/fuzz/corpus/$module" ]; then arguments+=("tests/fuzz/corpus/$module"); fi
    if [ -f "tests/fuzz/$module.dict" ]; then arguments+=("-dict=tests/fuzz/$module.dict"); fi
    echo "== fuzz $module, $seconds s" >&2
    "build/fuzz/bin/fuzz_$module" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/found/$module-" "${arguments[@]}" ||
        failed+=("$module")
done

if [ "${#failed[@]}" -gt 0 ]; then
    echo "fuzz: failed: ${failed[*]}. The inputs are in build/fuzz/found; give one to" >&2
    echo "fuzz: build/asan/bin/fuzz_MODULE to repeat it, and keep it in tests/fuzz/corpus/MODULE." >&2
    exit 1
fi
