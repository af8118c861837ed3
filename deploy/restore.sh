#!/bin/sh
# Put a backup of deploy/backup.sh into a stack whose postgres runs and whose processes do not.
#   deploy/restore.sh BACKUP [--replace]
#
# Roles and passwords are those of the stack (deploy/postgres makes them at its first start); tables,
# owners and grants come from the dumps. Unless --replace is given, nothing is touched where a database
# holds tables. Where Kafka has outlived the databases, its groups are set so that what came after the
# backup is counted again and nothing twice; where that fails, run it again with --replace.
set -eu
services="registry livestream_supply metrics"
case "$#${2:-}" in 1 | 2--replace) ;; *) sed -n '2,3s/^# *//p' "$0" >&2; exit 2 ;; esac
backup=$1

postgres() { docker compose exec -T postgres "$@"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# The tool tells of its failures on stdout and ends with 0. It would take the broker's heap for its own.
kafka_groups() { # kafka_groups ARGUMENT…: what it said is in $said
    said=$(docker compose exec -T -e KAFKA_HEAP_OPTS=-Xmx128m kafka \
        /opt/kafka/bin/kafka-consumer-groups.sh --bootstrap-server kafka:9092 "$@") || return 1
    ! printf '%s\n' "$said" | grep -q '^Error:'
}

not_set() {
    fail "$said" "
The databases are restored, the groups of Kafka are NOT set: what came after the backup would be lost.
Start no process before this has passed: deploy/restore.sh $backup --replace"
}

set_groups() { # set_groups "--group NAME …" WHERE…
    groups=$1
    shift
    [ -n "$groups" ] || return 0
    tries=0
    # A process that was killed belongs to its group until its session ends, 30 s later.
    # shellcheck disable=SC2086 - a list of words
    until kafka_groups $groups --all-topics --reset-offsets "$@" --execute; do
        case $said in *"is inactive"*) [ $tries -lt 12 ] || not_set ;; *) not_set ;; esac
        [ $tries -gt 0 ] || echo "Kafka takes a process for alive that is not: it is asked again for 60 s." >&2
        tries=$((tries + 1))
        sleep 5
    done
}

(cd "$backup" && sha256sum --check --quiet --strict SHA256SUMS) || fail "$backup is damaged: nothing was changed."
running=$(docker compose ps --status running --status restarting --status paused --services)
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
    kafka_groups --list || not_set
    # A name of ours is one word.
    case $said in *' '*) not_set ;; esac
    again='' new=''
    for group in $said; do
        case $group in
            # Facts and receipts are taken again from an hour before the backup; the inbox and the
            # keys of the facts know what was counted.
            *metrics.facts | *metrics.receipts) again="$again --group $group" ;;
            # Outcomes after the backup tell of a count that is lost, and come anew; registry's
            # records may be newer than registry. The copies converge on its snapshot.
            *) new="$new --group $group" ;;
        esac
    done
    set_groups "$again" --to-datetime "$since"
    set_groups "$new" --to-latest
    [ -z "$again" ] || echo "Kafka gives again, from $since:$again"
    [ -z "$new" ] || echo "Kafka goes on with what is new:$new"
else
    echo "No kafka of this stack runs: its groups are as they were." >&2
fi
echo "The databases are as they were at $(cat "$backup/MOMENT"). Start the stack; then:"
echo "  yuanqu snapshot                                  the copies converge on registry"
echo "  yuanqu rebuild --compare-only --reason restored  the totals against the facts"
