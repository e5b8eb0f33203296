#!/bin/bash
# Runs once, when the database server makes its data folder: two logins and the database.
#
# bourse_owner owns the tables and migrates; bourse_app is what the processes run as, and what it may do the migrations
# grant. Neither is a superuser.
set -euo pipefail

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$DATABASE_OWNER_PASSWORD" --set app_password="$DATABASE_APP_PASSWORD" <<'SQL'
CREATE ROLE bourse_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE bourse_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE DATABASE bourse OWNER bourse_owner;
REVOKE ALL ON DATABASE bourse FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE bourse TO bourse_app;
\connect bourse
ALTER SCHEMA public OWNER TO bourse_owner;
SQL
