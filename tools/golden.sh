#!/usr/bin/env bash
# Lists, compares or rewrites expected reports: tools/golden.sh --list | NAME... | --update NAME
set -euo pipefail

usage() {
    echo "usage: tools/golden.sh --list           the cases of tests/golden/cases.txt"
    echo "       tools/golden.sh NAME...          compares these with their expected reports"
    echo "       tools/golden.sh --update NAME    rewrites the expected report of one case"
    echo "The program is \$SMTPSCOPE, or else the dev preset, built first."
}

case "${1:-}" in
-h | --help)
    usage
    exit 0
    ;;
'')
    usage >&2
    exit 2
    ;;
esac

# A relative $SMTPSCOPE is relative to where the script was called.
if [ -n "${SMTPSCOPE:-}" ]; then SMTPSCOPE=$(realpath "$SMTPSCOPE"); fi
cd "$(dirname "$0")/.."
if [ "$1" = --list ]; then exec tests/golden/run.sh --list; fi

if [ -z "${SMTPSCOPE:-}" ]; then
    cmake --preset dev >/dev/null
    cmake --build --preset dev --target smtpscope >&2
    SMTPSCOPE=$PWD/build/dev/bin/smtpscope
fi
export SMTPSCOPE

# One case at a time, so that each new report is looked at.
if [ "$1" = --update ]; then
    if [ $# -ne 2 ]; then
        usage >&2
        exit 2
    fi
    exec tests/golden/run.sh --update "$2"
fi

status=0
for name in "$@"; do
    tests/golden/run.sh "$name" || status=1
done
exit "$status"
