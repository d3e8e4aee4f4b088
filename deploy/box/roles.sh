#!/bin/sh
# Run once by the PostgreSQL image, when its data folder is made: who owns the tables, and who works with them (docs/postgres.md).
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$DB_OWNER_PASSWORD" -v works="$DB_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE gemelo_owner LOGIN PASSWORD :'owner';
CREATE ROLE gemelo LOGIN PASSWORD :'works';
CREATE DATABASE gemelo OWNER gemelo_owner;
SQL
