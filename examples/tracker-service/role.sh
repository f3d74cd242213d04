#!/bin/sh
# Creates the tracker's role at the first start of the database. It may create schemas in this database, and owns what it creates.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 --set database="$POSTGRES_DB" <<'SQL'
\getenv password TRACKER_PASSWORD
create role tracker login nosuperuser nocreatedb nocreaterole password :'password';
grant create on database :"database" to tracker;
revoke create on schema public from public;
SQL
