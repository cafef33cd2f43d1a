# Makes a database and a user for each app that owns data, and for the ledger. PostgreSQL's image runs it once, on an empty volume.
set -eu
for name in payments inventory shipping picking packing ledger; do
  psql --username postgres --set ON_ERROR_STOP=1 --set name="$name" --set password="$POSTGRES_PASSWORD" <<'SQL'
CREATE USER :"name" PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
