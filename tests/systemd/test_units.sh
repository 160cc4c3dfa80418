#!/usr/bin/env bash
# Has systemd verify the service and the user, and say how far the service is exposed.
set -euo pipefail

EXPOSURE_MAX=20 # tenths; what systemd-analyze security calls "OK" begins at 1.0

units=$SMTPSCOPE_SOURCE_DIR/tools/systemd
command -v systemd-analyze >/dev/null || {
    echo "SKIPPED: there is no systemd-analyze here"
    exit 77
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The built program stands for the installed one, which systemd would look for.
sed "s,^ExecStart=smtpscope ,ExecStart=$SMTPSCOPE ," "$units/smtpscope@.service" \
    >"$folder/smtpscope@eth0.service"
grep -q "^ExecStart=$SMTPSCOPE live " "$folder/smtpscope@eth0.service"

fail() {
    echo "$1" >&2
    exit 1
}

said=$(systemd-analyze verify --man=no "$folder/smtpscope@eth0.service" 2>&1) ||
    fail "systemd-analyze verify: $said"
# What it ignores it only mentions.
[[ $said != *smtpscope@* ]] || fail "systemd-analyze verify: $said"

systemd-analyze security --offline=true --no-pager --threshold="$EXPOSURE_MAX" \
    "$folder/smtpscope@eth0.service" >"$folder/security" 2>&1 || {
    cat "$folder/security"
    fail "the service is more exposed than $EXPOSURE_MAX tenths"
}
tail -n 1 "$folder/security"

if command -v systemd-sysusers >/dev/null; then
    mkdir -p "$folder/root/etc"
    systemd-sysusers --root="$folder/root" "$units/smtpscope.sysusers"
    grep -q '^smtpscope:.*:/nonexistent:' "$folder/root/etc/passwd" ||
        fail "systemd-sysusers made no user smtpscope"
fi
