#!/bin/sh
# Make what nginx.conf includes of the environment, and start nginx.
#
#   YUANQU_TLS_CERTIFICATE, YUANQU_TLS_KEY   files; where both are, TLS is spoken on 8443 and 8080
#                                            leads to it
#   YUANQU_TLS_PORT         the port at which browsers find TLS, default 443
#   YUANQU_TRUSTED_PROXIES  addresses or networks, separated by spaces: who calls from there says in
#                           X-Forwarded-For and X-Forwarded-Proto for whom
#
# Port 8081 speaks plain HTTP for commands inside the network; nobody publishes it.
set -eu
certificate=${YUANQU_TLS_CERTIFICATE:-/run/secrets/gateway.crt}
key=${YUANQU_TLS_KEY:-/run/secrets/gateway.key}
port=:${YUANQU_TLS_PORT:-443}
[ "$port" = :443 ] && port=
for file in "$certificate" "$key"; do
    if [ -e "$file" ] && ! [ -r "$file" ]; then
        echo "$file cannot be read by user $(id -u): chown $(id -u) it." >&2
        exit 1
    fi
done

{
    echo "geo \$realip_remote_addr \$from_trusted_proxy {"
    echo "    default 0;"
    for proxy in ${YUANQU_TRUSTED_PROXIES:-}; do echo "    $proxy 1;"; done
    echo "}"
    for proxy in ${YUANQU_TRUSTED_PROXIES:-}; do echo "set_real_ip_from $proxy;"; done
    echo "real_ip_header X-Forwarded-For;"
    echo "real_ip_recursive on;"
    echo "server { listen 8081; include /etc/yuanqu/server.conf; }"
} >/tmp/listen.conf
if [ -s "$certificate" ] && [ -s "$key" ]; then
    cat >>/tmp/listen.conf <<CONF
server {
    listen 8080;
    location / { return 308 https://\$host$port\$request_uri; }
    location = /healthz { access_log off; default_type text/plain; return 200 "gateway\n"; }
}
server {
    listen 8443 ssl;
    http2 on;
    ssl_certificate $certificate;
    ssl_certificate_key $key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:10m;
    add_header Strict-Transport-Security "max-age=31536000" always;
    include /etc/yuanqu/server.conf;
}
CONF
else
    cat >>/tmp/listen.conf <<CONF
server {
    listen 8080;
    include /etc/yuanqu/server.conf;
}
CONF
fi
exec nginx -c /etc/yuanqu/nginx.conf -g 'daemon off;'
