#!/bin/sh
# Back up the databases of a running stack, all three as they were at one moment.
#   deploy/backup.sh FOLDER        writes FOLDER/<time>/ : a dump a database, MOMENT, SHA256SUMS
#
# The databases are dumped while work goes on. To begin with, intake is held until every fact that
# was accepted is counted and its outcome is back (YUANQU_BACKUP_HOLD_SECONDS at most, 10): requests
# wait, none is refused. So nothing that the dumps need is on Kafka alone. Which stack: the usual
# variables of docker compose (COMPOSE_PROJECT_NAME, COMPOSE_FILE). No secret is in the dumps, except
# digests, and the private signing keys, sealed with page_secret: keep that elsewhere.
set -eu
umask 077
services="livestream_supply metrics registry"
[ $# -eq 1 ] || { sed -n '2,3s/^# *//p' "$0" >&2; exit 2; }

name=$(date -u +%Y-%m-%dT%H%M%SZ)
partial=$1/$name.partial
mkdir -p "$1"
mkdir "$partial"
held=no

postgres() { docker compose exec -T postgres "$@"; }

let_go() { # intake goes on; fails and says so when it does not
    [ $held = yes ] || return 0
    for _try in 1 2 3; do
        if said=$(docker compose unpause livestream-supply 2>&1); then
            held=no
            return 0
        fi
        sleep 1
    done
    printf '%s\n' "$said" "
INTAKE MAY STILL BE HELD: no partner gets an answer until it goes on. Run now:
  docker compose unpause livestream-supply" >&2
    return 1
}

end() {
    status=$?
    trap - EXIT
    trap '' HUP INT TERM
    set +e
    let_go
    exec 3>&- 4>&- 5>&-
    wait
    if [ $status -ne 0 ]; then
        cat "$partial"/*.err >&2 2>/dev/null
        rm -rf "$partial"
        echo "There is no backup: nothing was written." >&2
    fi
    exit $status
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# A session that has ended shows as a write that fails.
trap '' PIPE

# A session for each database, to hold its snapshot while pg_dump reads it.
open_session() { # open_session DATABASE DESCRIPTOR
    mkfifo "$partial/$1.in"
    postgres psql -qAtX -v ON_ERROR_STOP=1 -U postgres -d "$1" <"$partial/$1.in" \
        >>"$partial/$1.out" 2>>"$partial/$1.err" &
    eval "exec $2>\"$partial/$1.in\""
}

answer() { # answer DATABASE: its next line; fails when there is none within 15 s
    tries=0
    while [ ! -s "$partial/$1.out" ]; do
        tries=$((tries + 1))
        [ $tries -le 150 ] || { echo "PostgreSQL does not answer for $1." >&2; exit 1; }
        sleep 0.1
    done
    cat "$partial/$1.out"
    : >"$partial/$1.out"
}

exec 3>&1 4>&1 5>&1
open_session livestream_supply 3
open_session metrics 4
open_session registry 5
for number in 3 4 5; do echo "SELECT 'here';" >&$number; done
for service in $services; do answer "$service" >/dev/null; done

if docker compose ps --status running --services | grep -qx livestream-supply; then
    held=yes
    said=$(docker compose pause livestream-supply 2>&1) || { printf '%s\n' "$said" >&2; exit 1; }
fi
# What is under way: announced and not sent, sent and not counted, counted and not told.
under_way=$(postgres bash -s "${YUANQU_BACKUP_HOLD_SECONDS:-10}" <<'INSIDE'
count() { psql -qAtX -U postgres -d "$1" -c "$2"; }
end=$((SECONDS + $1))
while true; do
    supply=$(count livestream_supply "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM receipt
        JOIN receipt_chunk ON receipt_id = receipt.id WHERE pending > 0 AND judged_at IS NULL)") || exit
    counted=$(count metrics "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM chunk
        WHERE accepted IS NULL AND accepted_on >= current_date - 2)") || exit
    announced=$(count registry "SELECT count(*) FROM outbox") || exit
    left=$((supply + counted + announced))
    [ $left -gt 0 ] && [ $SECONDS -lt $end ] || break
    sleep 0.1
done
echo $left
INSIDE
)
# Should it not have come to rest: what livestream-supply had sent by then, metrics has soon after.
for number in 3 4 5; do
    echo "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();" >&$number
    [ "$under_way" = 0 ] || sleep 1
done
for service in $services; do eval "snapshot_$service=\$(answer $service)"; done
moment=$(date -u +%Y-%m-%dT%H:%M:%SZ)
let_go

for service in $services; do
    eval "snapshot=\$snapshot_$service"
    postgres pg_dump -U postgres --format=custom --compress=zstd --snapshot="$snapshot" "$service" \
        >"$partial/$service.dump"
done
exec 3>&- 4>&- 5>&-
wait
for service in $services; do rm "$partial/$service".in "$partial/$service".out "$partial/$service".err; done

echo "$moment" >"$partial/MOMENT"
(cd "$partial" && sha256sum MOMENT ./*.dump >SHA256SUMS && sync -f SHA256SUMS)
mv "$partial" "$1/$name"
trap - EXIT
echo "$1/$name: the state of $moment, $(du -sh "$1/$name" | cut -f1)."
[ "$under_way" = 0 ] || echo "$under_way messages were under way: their receipts may stay pending after a restore." >&2
