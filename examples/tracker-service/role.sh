#!/bin/sh
# Creates the tracker's role at the first start of the database. It may create schemas in this database, and owns what it creates.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 --set password="$TRACKER_PASSWORD" <<'SQL'
create role tracker login password :'password';
grant create on database payments to tracker;
revoke create on schema public from public;
SQL
