#!/bin/sh
# Listen with TLS when a certificate is given (secrets gateway.crt and gateway.key), else without.
set -eu
certificate=${YUANQU_TLS_CERTIFICATE:-/run/secrets/gateway.crt}
key=${YUANQU_TLS_KEY:-/run/secrets/gateway.key}
# The port at which browsers find TLS.
port=:${YUANQU_TLS_PORT:-443}
[ "$port" = :443 ] && port=
if [ -s "$certificate" ] && [ -s "$key" ]; then
    cat >/tmp/listen.conf <<CONF
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
    cat >/tmp/listen.conf <<CONF
server {
    listen 8080;
    include /etc/yuanqu/server.conf;
}
CONF
fi
exec nginx -c /etc/yuanqu/nginx.conf -g 'daemon off;'
