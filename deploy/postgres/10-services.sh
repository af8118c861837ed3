#!/bin/bash
# One database a service. Its owner migrates; the service itself reads and writes rows and can
# neither change tables nor enter another service's database.
set -eu
for service in registry livestream_supply metrics; do
    password=$(cat "/run/secrets/${service}_password")
    owner_password=$(cat "/run/secrets/${service}_owner_password")
    psql -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres <<SQL
CREATE ROLE ${service}_owner LOGIN PASSWORD '${owner_password}';
CREATE ROLE ${service} LOGIN PASSWORD '${password}' CONNECTION LIMIT 100;
CREATE DATABASE ${service} OWNER ${service}_owner;
REVOKE ALL ON DATABASE ${service} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE ${service} TO ${service};
SQL
    psql -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$service" <<SQL
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO ${service}_owner;
GRANT USAGE ON SCHEMA public TO ${service};
ALTER DEFAULT PRIVILEGES FOR ROLE ${service}_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${service};
ALTER DEFAULT PRIVILEGES FOR ROLE ${service}_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO ${service};
SQL
done
