#!/bin/bash
# The role of Grafana's data source: it can see the views of schema `board`, and nothing else.
set -eu
password=$(cat /run/secrets/grafana_reader_password)
psql -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d metrics <<SQL
CREATE ROLE grafana_reader LOGIN PASSWORD '${password}' CONNECTION LIMIT 10;
ALTER ROLE grafana_reader SET default_transaction_read_only = on;
ALTER ROLE grafana_reader SET statement_timeout = '10s';
-- A panel asks for thousands of rows: compiling its plan would take longer than running it, and
-- sorting them should not touch the disk.
ALTER ROLE grafana_reader SET jit = off;
ALTER ROLE grafana_reader SET work_mem = '32MB';
GRANT CONNECT ON DATABASE metrics TO grafana_reader;
-- Where the database is older than this role, its migrations have made the schema and the views.
CREATE SCHEMA IF NOT EXISTS board AUTHORIZATION metrics_owner;
GRANT USAGE ON SCHEMA board TO grafana_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA board TO grafana_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE metrics_owner IN SCHEMA board
    GRANT SELECT ON TABLES TO grafana_reader;
SQL
