#!/bin/sh
# Make Alertmanager's configuration of alertmanager.template.yml and start it; arguments are its own.
#
#   YUANQU_ALERT_WEBHOOK_URL    where pages and tickets are posted
#   YUANQU_ALERT_SMTP_HOST      host:port of the mail server; without it no mail is sent
#   YUANQU_ALERT_SMTP_FROM      sender, default yuanqu@localhost
#   YUANQU_ALERT_SMTP_TLS       true (default) or false
#   YUANQU_ALERT_SMTP_USER, YUANQU_ALERT_SMTP_PASSWORD   where the mail server wants to know
#   YUANQU_ALERT_PAGE_TO        who is called at night; comma separated
#   YUANQU_ALERT_TICKET_TO      who looks in the morning; default the same
#   YUANQU_ALERT_HEARTBEAT_URL  what raises the alarm when the watchdog stops coming
#   YUANQU_ALERT_GROUP_WAIT, YUANQU_ALERT_GROUP_INTERVAL   default 30s and 5m
#
# Each may be given as ..._FILE, the path of a file that holds it. With --render the configuration
# is printed and nothing started.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)

given() { # given NAME DEFAULT: export YUANQU_ALERT_NAME from itself, its file, or the default
    eval "value=\${YUANQU_ALERT_$1:-}"
    eval "file=\${YUANQU_ALERT_$1_FILE:-}"
    if [ -z "$value" ] && [ -n "$file" ]; then value=$(cat "$file"); fi
    export "YUANQU_ALERT_$1=${value:-${2:-}}"
}

given WEBHOOK_URL
given HEARTBEAT_URL
given SMTP_HOST
given SMTP_FROM yuanqu@localhost
given SMTP_TLS true
given SMTP_USER
given SMTP_PASSWORD
given PAGE_TO
given TICKET_TO "$YUANQU_ALERT_PAGE_TO"
given GROUP_WAIT 30s
given GROUP_INTERVAL 5m
export YUANQU_ALERT_MAIL_TEMPLATE="$folder/mail.tmpl"

if [ -n "$YUANQU_ALERT_SMTP_HOST" ] && [ -z "$YUANQU_ALERT_PAGE_TO" ]; then
    echo "YUANQU_ALERT_SMTP_HOST is set, and YUANQU_ALERT_PAGE_TO says nobody." >&2
    exit 2
fi
if [ -z "$YUANQU_ALERT_WEBHOOK_URL$YUANQU_ALERT_SMTP_HOST" ]; then
    echo "Neither YUANQU_ALERT_WEBHOOK_URL nor YUANQU_ALERT_SMTP_HOST is set:" \
        "alerts are shown here and sent to nobody." >&2
fi

render() {
    awk -v quote="'" '
        function value(name) { return ENVIRON["YUANQU_ALERT_" name] }
        /^#/ { next }
        {
            if (match($0, / #[?] [A-Z_]+$/)) {
                if (value(substr($0, RSTART + 4)) == "") next
                $0 = substr($0, 1, RSTART - 1)
            }
            while (match($0, /@[{][A-Z_]+[}]/)) {
                name = substr($0, RSTART + 2, RLENGTH - 3)
                start = RSTART; length_ = RLENGTH
                text = value(name)
                if (text ~ /[\n\r]/) {
                    print "YUANQU_ALERT_" name " has more than one line." >"/dev/stderr"
                    exit 2
                }
                if (name != "SMTP_TLS") {
                    gsub(quote, quote quote, text)
                    text = quote text quote
                }
                done = done substr($0, 1, start - 1) text
                $0 = substr($0, start + length_)
            }
            print done $0
            done = ""
        }' "$folder/alertmanager.template.yml"
}

if [ "${1:-}" = --render ]; then
    render
    exit
fi
umask 077
rendered=$(mktemp "${TMPDIR:-/tmp}/alertmanager.XXXXXX")
render >"$rendered"
exec "${ALERTMANAGER:-/bin/alertmanager}" --config.file="$rendered" "$@"
