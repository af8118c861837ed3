#!/bin/sh
# Bring a running stack to the image that docker-compose.yml names, without losing a request.
#   YUANQU_VERSION=0.2.0 in .env, then: deploy/upgrade.sh
#
# Migrations first: the old release goes on with the new tables. Then workers, replaced in place, one
# role after the other; what they work off waits meanwhile. Then each api: new processes beside the
# old, which end when the gateway has heard of the new. Where a new api does not become healthy it is
# removed, and the old goes on. As many processes of a role as ran run afterwards. At the end the
# gateway and what watches, with their configuration. Kafka and PostgreSQL are left alone.
set -eu
fail() { echo "$*" >&2; exit 1; }

start() { # start ROLE MANY OPTION…: where none runs, as many as docker-compose.yml says
    role=$1 many=$2
    shift 2
    [ "$many" -eq 0 ] || set -- "$@" --scale "$role=$many"
    docker compose up --detach --no-deps --wait "$@" "$role"
}

# The processes of $role that are not among $old; requests that one works on are answered.
remove_new() {
    for container in $(docker compose ps --all --quiet "$role"); do
        case $old in *"$container"*) continue ;; esac
        docker logs --tail 20 "$container" >&2
        docker stop -t 40 "$container" >/dev/null
        docker rm --force "$container" >/dev/null
    done
}

beside=no
end() {
    status=$?
    trap - EXIT
    trap '' HUP INT TERM
    set +e
    case $beside in
        starting)
            remove_new
            echo "$role did not come up: its new processes are removed, the old go on." >&2
            ;;
        stopping) echo "$role runs twice. Of the release before, where still there:" $old >&2 ;;
    esac
    exit $status
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

docker compose run --rm migrate
for role in registry-worker livestream-supply-worker metrics-worker; do
    running=$(docker compose ps --quiet "$role")
    start "$role" "$(echo "$running" | grep -c . || true)" ||
        fail "$role did not come up: docker compose logs $role"
done
for role in registry livestream-supply metrics; do
    # One that has stopped would be started again in place of a new one.
    ended=$(docker compose ps --all --status exited --status created --status dead --quiet "$role")
    for container in $ended; do docker rm "$container" >/dev/null; done
    old=$(docker compose ps --quiet "$role")
    many=$(echo "$old" | grep -c . || true)
    beside=starting
    start "$role" $((2 * many)) --no-recreate
    # The gateway asks for addresses every two seconds.
    sleep 3
    beside=stopping
    for container in $old; do
        docker stop -t 40 "$container" >/dev/null
        docker rm "$container" >/dev/null
    done
    beside=no
done
start gateway 0
running=$(docker compose ps --services)
for role in prometheus grafana; do
    ! echo "$running" | grep -qx "$role" || start "$role" 0
done
# What is mounted may be new where the container is not.
! echo "$running" | grep -qx prometheus || docker compose kill -s HUP prometheus
! echo "$running" | grep -qx alertmanager || start alertmanager 0 --force-recreate
docker compose exec -T gateway nginx -c /etc/yuanqu/nginx.conf -s reload ||
    fail "The gateway goes on with the configuration it had. To start it with the new one: docker compose restart gateway"
echo "Every process is of the image that docker-compose.yml names."
