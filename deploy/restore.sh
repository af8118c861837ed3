#!/bin/sh
# Put a backup of deploy/backup.sh into a stack whose postgres runs and whose processes do not.
#   deploy/restore.sh BACKUP [--replace]
#
# Roles and passwords are those of the stack (deploy/postgres makes them at its first start); tables,
# owners and grants come from the dumps. A database that holds tables is left alone unless --replace
# is given. Where Kafka has outlived the databases, its groups are set so that what came after the
# backup is counted again and nothing twice.
set -eu
services="registry livestream_supply metrics"
case "$#${2:-}" in 1 | 2--replace) ;; *) sed -n '2,3s/^# *//p' "$0" >&2; exit 2 ;; esac
backup=$1

postgres() { docker compose exec -T postgres "$@"; }
kafka_groups() {
    docker compose exec -T kafka /opt/kafka/bin/kafka-consumer-groups.sh --bootstrap-server kafka:9092 "$@"
}
fail() { echo "$*" >&2; exit 1; }

(cd "$backup" && sha256sum --check --quiet --strict SHA256SUMS) || fail "$backup is damaged: nothing was changed."
running=$(docker compose ps --status running --services)
for service in registry livestream-supply metrics; do
    for name in $service $service-worker; do
        ! echo "$running" | grep -qx "$name" || fail "$name runs. Stop it first: docker compose stop $name"
    done
done
if [ $# -eq 1 ]; then
    for service in $services; do
        tables=$(postgres psql -qAtX -U postgres -d "$service" -c \
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        [ "$tables" = 0 ] || fail "Database $service holds $tables tables. --replace removes them. Nothing was changed."
    done
fi

for service in $services; do
    postgres psql -qX -U postgres -d postgres -c "SET client_min_messages = warning" \
        -c "DROP DATABASE IF EXISTS $service WITH (FORCE)"
    postgres pg_restore -U postgres --dbname=postgres --create --exit-on-error <"$backup/$service.dump"
    postgres psql -qX -U postgres -d "$service" -c "ANALYZE"
    echo "$service is restored."
done

if echo "$running" | grep -qx kafka; then
    since=$(date -u -d "$(cat "$backup/MOMENT") - 1 hour" +%Y-%m-%dT%H:%M:%S.000)
    again='' new=''
    for group in $(kafka_groups --list); do
        case $group in
            # Facts and receipts are taken again from an hour before the backup; the inbox and the
            # keys of the facts know what was counted.
            *metrics.facts | *metrics.receipts) again="$again --group $group" ;;
            # Outcomes after the backup tell of a count that is lost, and come anew; registry's
            # records may be newer than registry. The copies converge on its snapshot.
            *) new="$new --group $group" ;;
        esac
    done
    # shellcheck disable=SC2086 - lists of words
    if [ -n "$again$new" ]; then
        kafka_groups $again --all-topics --reset-offsets --to-datetime "$since" --execute >/dev/null
        kafka_groups $new --all-topics --reset-offsets --to-latest --execute >/dev/null
        echo "Kafka gives again, from $since:$again"
        echo "Kafka goes on with what is new:$new"
    fi
fi
echo "The databases are as they were at $(cat "$backup/MOMENT"). Start the stack; then:"
echo "  yuanqu snapshot                                  the copies converge on registry"
echo "  yuanqu rebuild --compare-only --reason restored  the totals against the facts"
