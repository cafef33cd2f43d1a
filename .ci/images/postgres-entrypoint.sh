# What docker-compose.yml needs of the public image: on an empty volume, databases with a password and the scripts of
# /docker-entrypoint-initdb.d, before anybody is let in over TCP.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  passwords=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$passwords"
  initdb --username=postgres --pwfile="$passwords" --auth-local=trust --auth-host=scram-sha-256
  rm "$passwords"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --wait --options="-c listen_addresses=''" start
  for script in /docker-entrypoint-initdb.d/*.sh; do sh "$script"; done
  pg_ctl --wait --mode=fast stop
fi

exec postgres -c listen_addresses='*'
