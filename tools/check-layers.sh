#!/usr/bin/env bash
# Checks that every include under src/ points to a room, or to an outside library, that its room
# may know: tools/check-layers.sh [TOP]
set -euo pipefail

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
    echo "usage: tools/check-layers.sh [TOP-OF-TREE]"
    exit 0
fi
tools=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$tools/..}"

# Room: what it may include besides itself. A name with a slash is that one header.
declare -A rooms=(
    [base]=""
    [catalog]="base"
    [capture]="base"
    [net]="base capture/frame.h"
    [tcp]="base net"
    [tls]="base"
    [smtp]="base"
    [session]="base net tcp tls smtp"
    [findings]="base catalog net tcp tls smtp session"
    [report]="base catalog net tcp tls smtp session findings"
    [app]="base catalog capture net tcp tls smtp session findings report"
)

# Outside library, by how its headers begin: rooms whose .c files may include it.
declare -A libraries=(
    [pcap]="capture"
    [zlib]="capture"
    [zstd]="capture"
    [openssl/]="tls base"
    [jansson]="catalog report"
    [cap-ng]="app"
    [seccomp]="app"
    [microhttpd]="app"
)

# Headers of the compiler, whose instructions a wide search is made of: they may stand in a header.
declare -A compiler=(
    [emmintrin]="base"
    [immintrin]="base"
    [sanitizer/]="base"
)

# Headers of the C library and the kernel that need no thought.
system='assert|byteswap|complex|ctype|dirent|endian|err|errno|fcntl|fenv|float|fnmatch|getopt|glob|grp|iconv'
system+='|ifaddrs|inttypes|langinfo|libgen|limits|locale|malloc|math|netdb|poll|pthread|pwd|regex'
system+='|sched|search|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio'
system+='|stdio_ext|stdlib|stdnoreturn|string|strings|syslog|termios|threads|time|uchar|unistd|wchar|wctype'
system="^((${system})|(sys|linux|net|netinet|arpa|asm)/[a-z0-9_/-]+)\\.h\$"

failures=0
fail() {
    echo "$1" >&2
    failures=$((failures + 1))
}

may_include() { # ROOM HEADER
    local allowed
    for allowed in "$1" ${rooms[$1]}; do
        if [ "${2%%/*}" = "$allowed" ] || [ "$2" = "$allowed" ]; then return 0; fi
    done
    return 1
}

check_own() { # PLACE ROOM HEADER
    if [[ $3 != */* || $3 == ./* || $3 == ../* ]]; then
        fail "$1: \"$3\": write it from the root, as \"$2/${3##*/}\""
    elif [ -z "${rooms[${3%%/*}]+known}" ]; then
        fail "$1: \"$3\": no such room; new rooms are added to tools/check-layers.sh"
    elif ! may_include "$2" "$3"; then
        fail "$1: \"$3\": $2 may include only: ${rooms[$2]:-nothing but itself}"
    fi
}

check_outside() { # PLACE ROOM HEADER FILE
    local library
    for library in "${!libraries[@]}"; do
        [[ $3 == "$library"* ]] || continue
        if [[ " ${libraries[$library]} " != *" $2 "* ]]; then
            fail "$1: <$3> belongs in ${libraries[$library]} only"
        elif [[ $4 == *.h ]]; then
            fail "$1: <$3> in a header: an outside library stays in .c files"
        fi
        return
    done
    for library in "${!compiler[@]}"; do
        [[ $3 == "$library"* ]] || continue
        [[ " ${compiler[$library]} " == *" $2 "* ]] ||
            fail "$1: <$3> belongs in ${compiler[$library]} only"
        return
    done
    [[ $3 =~ $system ]] ||
        fail "$1: <$3>: not known to tools/check-layers.sh; a library needs a room that owns it"
}

mapfile -t files < <(find src -type f \( -name '*.[ch]' -o -name '*.inc' \) | LC_ALL=C sort)
[ "${#files[@]}" -gt 0 ] || {
    echo "check-layers: no sources under $PWD/src" >&2
    exit 2
}

# Only lines that are includes come through: FILE LINE FORM HEADER.
include='s/^\([^:]*\):\([0-9]*\):[ \t]*#[ \t]*include[ \t]*\(["<]\)\([^">]*\)[">].*/\1 \2 \3 \4/p'
computed='s/^\([^:]*\):\([0-9]*\):[ \t]*#[ \t]*include[ \t]*[^"< \t].*/\1 \2 ? -/p'
while read -r file line form header; do
    room=${file#src/}
    room=${room%%/*}
    if [ -z "${rooms[$room]+known}" ]; then
        fail "$file: no such room; new rooms are added to tools/check-layers.sh"
        continue
    fi
    case "$form" in
    '"') check_own "$file:$line" "$room" "$header" ;;
    '<') check_outside "$file:$line" "$room" "$header" "$file" ;;
    *) fail "$file:$line: an include must name its header" ;;
    esac
done < <(awk -f "$tools/code-only.awk" "${files[@]}" | sed -n -e "$include" -e "$computed")

# A library is linked to what its room may include, and to nothing else.
for room in "${!rooms[@]}"; do
    [ -f "src/$room/CMakeLists.txt" ] || continue
    depends=$(tr '\n' ' ' <"src/$room/CMakeLists.txt" |
        sed -n 's/.*smtpscope_room([a-z]* *DEPENDS \([a-z ]*\).*/\1/p')
    for depend in $depends; do
        may_include "$room" "$depend" ||
            fail "src/$room/CMakeLists.txt: links $depend; may link only: ${rooms[$room]:-nothing}"
    done
done

if [ "$failures" -gt 0 ]; then
    echo "check-layers: $failures wrong. Move the code to the room that may know both sides, or hand" >&2
    echo "the thing upward through a sink; STYLE: includes point up the table of rooms only." >&2
    exit 1
fi
echo "check-layers: ${#files[@]} files, every include points the right way"
