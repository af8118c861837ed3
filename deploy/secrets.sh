#!/bin/sh
# Make the secrets of a stack once: random, one file each, in a folder only its owner may enter.
#   deploy/secrets.sh [FOLDER]        default $YUANQU_SECRETS_DIR, else deploy/secrets
# The files themselves are readable, because containers read them as users of their own.
set -eu
folder=${1:-${YUANQU_SECRETS_DIR:-$(dirname "$0")/secrets}}
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c 32 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }

keep() { # keep NAME VALUE: an existing secret stays
    [ -s "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"
    chmod 644 "$folder/$1"
}

keep postgres_password "$(random)"
keep operator_secret "$(random)"
keep page_secret "$(random)"
keep grafana_admin_password "$(random)"
keep grafana_reader_password "$(random)"
for service in registry livestream_supply metrics; do
    keep "${service}_password" "$(random)"
    keep "${service}_owner_password" "$(random)"
    host="${YUANQU_POSTGRES_HOST:-postgres:5432}"
    keep "${service}_database_url" \
        "postgresql+psycopg://$service:$(cat "$folder/${service}_password")@$host/$service"
    keep "${service}_owner_database_url" \
        "postgresql+psycopg://${service}_owner:$(cat "$folder/${service}_owner_password")@$host/$service"
done
# The mail server's owner gives this one: it is put there by hand, or stays empty.
[ -e "$folder/alert_smtp_password" ] || : >"$folder/alert_smtp_password"
chmod 644 "$folder/alert_smtp_password"
echo "The secrets are in $folder."
