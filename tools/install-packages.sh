#!/usr/bin/env bash
# Installs the Debian packages of the named groups of tools/packages that are not there yet.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    echo "usage: tools/install-packages.sh GROUP...    (groups: build, test, live, bench, fuzz, check)"
    echo "Needs root or sudo only where something is missing. SMTPSCOPE_NO_INSTALL=1 only tells."
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

# The packages of one group, without comments.
group_packages() {
    awk -v group="[$1]" '
        { sub(/#.*/, ""); gsub(/[ \t]/, "") }
        /^\[/ { inside = ($0 == group); found = found || inside; next }
        inside && $0 != "" { print }
        END { exit found ? 0 : 1 }' tools/packages
}

is_installed() {
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

missing=()
for group in "$@"; do
    packages=$(group_packages "$group") || {
        echo "install-packages: no group '$group' in tools/packages" >&2
        exit 2
    }
    if ! command -v dpkg-query >/dev/null; then
        echo "install-packages: not a Debian system; it needs:" "${packages//$'\n'/ }" >&2
        continue
    fi
    for package in $packages; do
        is_installed "$package" || missing+=("$package")
    done
done

[ "${#missing[@]}" -gt 0 ] || exit 0

if [ -n "${SMTPSCOPE_NO_INSTALL:-}" ]; then
    echo "install-packages: missing: ${missing[*]}" >&2
    exit 1
fi

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "install-packages: as root: apt-get install ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo "${as_root[@]}")
fi

# Another package manager may hold a lock: apt waits for dpkg's, the retry is for the others.
apt_get() {
    local try
    for try in 1 2 3 4 5; do
        "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2 && return 0
        echo "install-packages: apt-get $1 failed (try $try of 5)" >&2
        sleep $((try * 3))
    done
    return 1
}

echo "install-packages: installing ${missing[*]}" >&2
apt_get update

# Postfix is wanted as a program, not as this machine's mail server: without a configuration of its
# own Debian's does not start.
if [[ " ${missing[*]} " == *" postfix "* ]]; then
    echo "postfix postfix/main_mailer_type select No configuration" |
        "${as_root[@]}" debconf-set-selections
fi

# Prometheus is wanted for its promtool, not as a service of this machine: it is not started now,
# which Debian asks policy-rc.d about, nor at the next boot.
policy=/usr/sbin/policy-rc.d
if [[ " ${missing[*]} " == *" prometheus "* ]] && [ ! -e "$policy" ]; then
    # shellcheck disable=SC2016 # $1 is the script's own
    printf '#!/bin/sh\n[ "$1" != prometheus ] || exit 101\n' |
        "${as_root[@]}" install -m 755 /dev/stdin "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

# Nothing that is here makes way: another mail server, above all, stays.
apt_get install -y --no-install-recommends --no-remove "${missing[@]}"

if [[ " ${missing[*]} " == *" prometheus "* ]]; then
    "${as_root[@]}" update-rc.d prometheus disable
fi
