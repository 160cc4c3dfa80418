#!/usr/bin/env bash
# Fuzzes the targets of tests/fuzz: tools/fuzz.sh [--afl | --merge | --coverage] MINUTES [MODULE...]
set -euo pipefail

usage() {
    echo "usage: tools/fuzz.sh MINUTES [MODULE...]      all of them share that time"
    echo "       tools/fuzz.sh --afl MINUTES [MODULE...]   the same with AFL++ (persistent mode)"
    echo "       tools/fuzz.sh --merge [MODULE...]      takes what was gathered into the tree's corpora"
    echo "       tools/fuzz.sh --coverage [MODULE...]   lines that the tree's corpora reach"
    echo "Modules are the MODULE of tests/fuzz/fuzz_MODULE.c; all of them by default."
    echo "New inputs gather in build/fuzz/corpus/MODULE; what fails in build/fuzz/found."
}

# Inputs that reach the same are small enough for a person to read, and for a test to run.
INPUT_MAX=6100

mode=fuzz
case "${1:-}" in
-h | --help)
    usage
    exit 0
    ;;
--afl | --merge | --coverage)
    mode=${1#--}
    shift
    ;;
esac
minutes=0
if [ "$mode" = fuzz ] || [ "$mode" = afl ]; then
    [[ ${1:-} =~ ^[0-9]+$ ]] || {
        usage >&2
        exit 2
    }
    minutes=$1
    shift
fi

cd "$(dirname "$0")/.."
tools/install-packages.sh build test
if [ "$mode" = afl ] || [ "$mode" = coverage ]; then tools/install-packages.sh fuzz; fi

if [ $# -eq 0 ]; then
    for source in tests/fuzz/fuzz_*.c; do
        module=${source#tests/fuzz/fuzz_}
        set -- "$@" "${module%.c}"
    done
fi
modules=("$@")
for module in "${modules[@]}"; do
    [ -e "tests/fuzz/fuzz_$module.c" ] || {
        echo "fuzz: no tests/fuzz/fuzz_$module.c" >&2
        exit 2
    }
done
seconds=$((minutes * 60 / ${#modules[@]}))
[ "$seconds" -gt 0 ] || seconds=1

# The words that a module's inputs are made of; empty: it has none.
dictionary() {
    case "$1" in
    smtp_parser | conversation | content | reply | explain | reply_code | capture)
        echo tests/fuzz/smtp.dict
        ;;
    *) if [ -f "tests/fuzz/$1.dict" ]; then echo "tests/fuzz/$1.dict"; fi ;;
    esac
}

# Builds the modules' targets in a folder: build FOLDER [OPTION...]
build() {
    cmake --preset fuzz -B "$1" "${@:2}"
    cmake --build "$1" --target "${modules[@]/#/fuzz_}"
}

# Says which modules failed.
tell_failed() {
    [ $# -gt 0 ] || return 0
    echo "fuzz: failed: $*. The inputs are in build/fuzz/found; give one to" >&2
    echo "fuzz: build/asan/bin/fuzz_MODULE to repeat it, and keep it in tests/fuzz/corpus/MODULE." >&2
    return 1
}

run_libfuzzer() {
    local failed=() module words arguments
    build build/fuzz
    mkdir -p build/fuzz/found
    for module in "${modules[@]}"; do
        mkdir -p "build/fuzz/corpus/$module" "tests/fuzz/corpus/$module"
        arguments=("build/fuzz/corpus/$module" "tests/fuzz/corpus/$module")
        words=$(dictionary "$module")
        if [ -n "$words" ]; then arguments+=("-dict=$words"); fi
        echo "== fuzz $module, $seconds s" >&2
        "build/fuzz/bin/fuzz_$module" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
            -print_final_stats=1 -artifact_prefix="build/fuzz/found/$module-" \
            "${arguments[@]}" || failed+=("$module")
    done
    tell_failed "${failed[@]}"
}

# afl-clang-fast has a driver of its own for LLVMFuzzerTestOneInput that loops in one process.
run_afl() {
    local failed=() module words arguments out
    build build/afl -DCMAKE_C_COMPILER=afl-clang-fast
    for module in "${modules[@]}"; do
        out=build/afl/out/$module
        rm -rf "$out"
        mkdir -p "$out"
        arguments=(-i "tests/fuzz/corpus/$module" -o "$out" -m none -t 10000 -V "$seconds")
        words=$(dictionary "$module")
        if [ -n "$words" ]; then arguments+=(-x "$words"); fi
        echo "== afl $module, $seconds s" >&2
        AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
            afl-fuzz "${arguments[@]}" -- "build/afl/bin/fuzz_$module" >"$out/log" 2>&1 ||
            failed+=("$module")
        grep -E '^(execs_done|execs_per_sec|edges_found|saved_crashes)' \
            "$out/default/fuzzer_stats" >&2 || true
        if find "$out/default/crashes" -name 'id:*' | grep -q .; then failed+=("$module"); fi
    done
    tell_failed "${failed[@]}"
}

# By line and branch, of the files in src/: build/coverage-fuzz/MODULE.txt; "all" is all together.
cover() {
    local module to=build/coverage-fuzz profiles=() objects=()
    build "$to" \
        -DCMAKE_C_FLAGS="-fprofile-instr-generate -fcoverage-mapping"
    report() { # NAME PROFILE BINARY...
        llvm-cov report -instr-profile="$2" "${@:3}" src >"$to/$1.txt"
        # Regions, functions, lines and branches have three columns each.
        awk -v name="$1" '/^TOTAL/ { printf "%-14s %5d of %5d lines, %5d of %5d branches\n",
            name, $8 - $9, $8, $11 - $12, $11 }' "$to/$1.txt"
    }
    for module in "${modules[@]}"; do
        LLVM_PROFILE_FILE=$to/$module.profraw "$to/bin/fuzz_$module" -runs=0 \
            "tests/fuzz/corpus/$module" >"$to/$module.log" 2>&1
        llvm-profdata merge -sparse "$to/$module.profraw" -o "$to/$module.profdata"
        report "$module" "$to/$module.profdata" "$to/bin/fuzz_$module"
        profiles+=("$to/$module.profdata")
        objects+=(-object "$to/bin/fuzz_$module")
    done
    llvm-profdata merge -sparse "${profiles[@]}" -o "$to/all.profdata"
    report all "$to/all.profdata" "${objects[@]:1}"
}

# As few files as reach the same edges, and the files found-*, each of which was a fault once.
merge() {
    local module
    build build/fuzz
    for module in "${modules[@]}"; do
        mkdir -p "build/fuzz/corpus/$module" "build/fuzz/merged" "tests/fuzz/corpus/$module"
        rm -rf "build/fuzz/merged/$module"
        mkdir "build/fuzz/merged/$module"
        "build/fuzz/bin/fuzz_$module" -set_cover_merge=1 -use_counters=0 -max_len="$INPUT_MAX" \
            "build/fuzz/merged/$module" "tests/fuzz/corpus/$module" "build/fuzz/corpus/$module"
        find "tests/fuzz/corpus/$module" -type f ! -name 'found-*' -delete
        mv "build/fuzz/merged/$module"/* "tests/fuzz/corpus/$module"
    done
}

case "$mode" in
fuzz) run_libfuzzer ;;
afl) run_afl ;;
merge) merge ;;
coverage) cover ;;
esac
