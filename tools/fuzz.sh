#!/usr/bin/env bash
# Fuzzes the targets of tests/fuzz: tools/fuzz.sh [--afl | --merge | --coverage] MINUTES [MODULE...]
set -euo pipefail

usage() {
    echo "usage: tools/fuzz.sh MINUTES [MODULE...]      all of them share that time"
    echo "       tools/fuzz.sh --afl MINUTES [MODULE...]   the same with AFL++ (persistent mode)"
    echo "       tools/fuzz.sh --merge [MODULE...]      takes what was gathered into the tree's corpora"
    echo "       tools/fuzz.sh --coverage [MODULE...]   lines that the tree's corpora reach"
    echo "Modules are the MODULE of tests/fuzz/fuzz_MODULE.c; all of them by default."
    echo "New inputs gather in build/fuzz/corpus/MODULE; what fails in build/fuzz/found. A line a module"
    echo "tells what was run: seconds are the processor's, edges and features libFuzzer's, those that"
    echo "its corpus reaches."
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
    local where=build/fuzz/found
    if [ "$mode" = afl ]; then where="build/afl/out/MODULE/default"; fi
    echo "fuzz: failed: $*. The inputs are in $where; give one to" >&2
    echo "fuzz: build/asan/bin/fuzz_MODULE to repeat it, and keep it in tests/fuzz/corpus/MODULE." >&2
    return 1
}

# One line on a module, from its log and the time it took: tell MODULE LOG FOUND-BEFORE. A run that
# fails has no "DONE", and no count but that of its last line.
tell() {
    local found
    found=$(($(count_found "$1") - $3))
    awk -v name="$1" -v found="$found" '
        FILENAME ~ /\.time$/ { seconds = $1 + $2; next }
        /^#[0-9]+/ {
            executions = substr($1, 2)
            for (i = 2; i < NF; i++) {
                if ($i == "cov:") edges = $(i + 1)
                if ($i == "ft:") features = $(i + 1)
                if ($i == "corp:") corpus = $(i + 1)
            }
        }
        END {
            sub("/.*", "", corpus)
            printf "%-14s %4d s %10d executions %6d edges %6d features %5d inputs %2d found\n",
                name, seconds, executions, edges, features, corpus, found
        }' "$2.time" "$2"
}

count_found() {
    find build/fuzz/found -name "$1-*" | wc -l
}

run_libfuzzer() {
    local failed=() module words arguments before log status TIMEFORMAT='%U %S'
    build build/fuzz >&2
    mkdir -p build/fuzz/found build/fuzz/log
    for module in "${modules[@]}"; do
        mkdir -p "build/fuzz/corpus/$module" "tests/fuzz/corpus/$module"
        arguments=("build/fuzz/corpus/$module" "tests/fuzz/corpus/$module")
        words=$(dictionary "$module")
        if [ -n "$words" ]; then arguments+=("-dict=$words"); fi
        before=$(count_found "$module")
        log=build/fuzz/log/$module
        status=0
        {
            time UBSAN_OPTIONS=print_stacktrace=1 "build/fuzz/bin/fuzz_$module" \
                -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
                -artifact_prefix="build/fuzz/found/$module-" \
                "${arguments[@]}" >"$log" 2>&1
        } 2>"$log.time" || status=$?
        if [ "$status" -ne 0 ]; then
            failed+=("$module")
            tail -n 40 "$log" >&2
        fi
        tell "$module" "$log" "$before"
    done
    tell_failed "${failed[@]}"
}

tell_afl() { # MODULE FUZZER-STATS
    awk -v name="$1" '
        { value[$1] = $3 }
        END {
            printf "%-14s %4d s %10d executions %6d edges %5d inputs %2d found\n", name,
                value["run_time"], value["execs_done"], value["edges_found"],
                value["corpus_count"], value["saved_crashes"] + value["saved_hangs"]
        }' "$2"
}

# afl-clang-fast has a driver of its own for LLVMFuzzerTestOneInput that loops in one process.
run_afl() {
    local failed=() module words arguments out
    build build/afl -DCMAKE_C_COMPILER=afl-clang-fast >&2
    for module in "${modules[@]}"; do
        out=build/afl/out/$module
        rm -rf "$out"
        mkdir -p "$out"
        arguments=(-i "tests/fuzz/corpus/$module" -o "$out" -m none -t 10000 -V "$seconds")
        words=$(dictionary "$module")
        if [ -n "$words" ]; then arguments+=(-x "$words"); fi
        AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
            afl-fuzz "${arguments[@]}" -- "build/afl/bin/fuzz_$module" >"$out/log" 2>&1 || {
            failed+=("$module")
            tail -n 20 "$out/log" >&2
            continue
        }
        tell_afl "$module" "$out/default/fuzzer_stats"
        if find "$out/default/crashes" "$out/default/hangs" -name 'id:*' | grep -q .; then
            failed+=("$module")
        fi
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
