#!/bin/sh
# Start a program whose image knows nothing of our rule: a secret that can be guessed stops the start.
#   strong_secrets.sh COMMAND [ARGUMENT…]
# Looks at every file of /run/secrets (YUANQU_SECRETS_FOLDER) but those that hold no password of ours:
# certificates, addresses, the mail server's. YUANQU_ALLOW_WEAK_SECRETS=true lets everything pass.
set -eu
shortest=16
fewest=8
[ "${YUANQU_ALLOW_WEAK_SECRETS:-false}" = true ] && exec "$@"
weak=
for file in "${YUANQU_SECRETS_FOLDER:-/run/secrets}"/*; do
    case $file in *_url | *.crt | *.key | */alert_smtp_password | *'/*') continue ;; esac
    length=$(tr -d '\n' <"$file" | wc -c)
    distinct=$(tr -d '\n' <"$file" | fold -w 1 | sort -u | wc -l)
    placeholder=$(tr -d '_\n-' <"$file" | grep -ci changeme || true)
    if [ "$length" -lt $shortest ] || [ "$distinct" -lt $fewest ] || [ "$placeholder" -gt 0 ]; then
        weak="$weak ${file##*/}"
    fi
done
if [ -n "$weak" ]; then
    echo "These secrets can be guessed:$weak. deploy/secrets.sh makes strong ones." >&2
    exit 1
fi
exec "$@"
