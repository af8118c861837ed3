#!/bin/sh
# Bring a running stack to the image that docker-compose.yml names, without losing a request.
#   YUANQU_VERSION=0.2.0 deploy/upgrade.sh
#
# Migrations first: the old release goes on with the new tables. Then workers. Then each api: new
# processes beside the old, which end when the gateway has heard of the new. Where something does
# not become healthy it stops there, and the old processes go on.
set -eu

docker compose run --rm migrate
for role in registry-worker livestream-supply-worker metrics-worker; do
    docker compose up --detach --no-deps --wait "$role"
done
for role in registry livestream-supply metrics; do
    old=$(docker compose ps --quiet "$role")
    many=$(echo "$old" | wc -l)
    docker compose up --detach --no-deps --no-recreate --wait --scale "$role=$((2 * many))" "$role"
    # The gateway asks for addresses every two seconds.
    sleep 3
    for container in $old; do
        docker stop --time 40 "$container" >/dev/null
        docker rm "$container" >/dev/null
    done
done
docker compose up --detach --no-deps --wait gateway
echo "Every process is of the image that docker-compose.yml names."
