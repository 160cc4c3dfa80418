#!/usr/bin/env bash
# Prints 'N passed, N failed[, N skipped]' from results of CTest: count-tests.sh [--failed N] JUNIT...
# Fails where a test failed or none ran. --failed adds failures that CTest does not know of.
set -euo pipefail

extra=0
case "${1:-}" in
-h | --help)
    echo "usage: tools/count-tests.sh [--failed N] JUNIT-FILE..."
    exit 0
    ;;
--failed)
    extra=${2:?--failed needs a number}
    shift 2
    ;;
esac

# One <testcase> tag a test; CTest writes status run, fail, notrun or disabled. A test whose program
# is missing is 'notrun' just as a skipped one is, and only the skipped one says SKIP_RETURN_CODE.
cat -- "$@" | awk -v failed="$extra" '
    /<testcase / { held = /status="notrun"/ }
    /<testcase .*status="run"/ { passed++ }
    /<testcase .*status="fail"/ { failed++ }
    /<testcase .*status="disabled"/ { skipped++ }
    held && /<skipped / { if (/SKIP_/) skipped++; else failed++; held = 0 }
    END {
        printf "%d passed, %d failed", passed, failed
        if (skipped > 0)
            printf ", %d skipped", skipped
        printf "\n"
        exit (failed > 0 || passed == 0) ? 1 : 0
    }'
