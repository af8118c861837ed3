#!/bin/bash
# The role of Grafana's data source: it can see the views of schema `board`, and nothing else.
set -eu
password=$(cat /run/secrets/grafana_reader_password)
psql -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d metrics <<SQL
CREATE ROLE grafana_reader LOGIN PASSWORD '${password}' CONNECTION LIMIT 10;
ALTER ROLE grafana_reader SET default_transaction_read_only = on;
ALTER ROLE grafana_reader SET statement_timeout = '10s';
GRANT CONNECT ON DATABASE metrics TO grafana_reader;
CREATE SCHEMA board AUTHORIZATION metrics_owner;
GRANT USAGE ON SCHEMA board TO grafana_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE metrics_owner IN SCHEMA board
    GRANT SELECT ON TABLES TO grafana_reader;
SQL
