#!/bin/sh
# Runs a command with DATABASE_URL naming a PostgreSQL of its own, made for it and removed after it.
set -eu
if [ -n "${SONGNUAN_TEST_DATABASE_URL:-}" ]; then
  DATABASE_URL=$SONGNUAN_TEST_DATABASE_URL exec "$@"
fi
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d /tmp/songnuan-pg.XXXXXX)
as=""
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  chown postgres "$folder"
  as="runuser -u postgres --"
fi
stop() {
  $as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM
$as "$bin/initdb" -D "$folder/data" -U songnuan -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
$as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
  -o "-k $folder -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=150 -c jit=off -c autovacuum=off -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=4GB -c checkpoint_timeout=1h -c shared_buffers=256MB" start >/dev/null
$as "$bin/createdb" -h "$folder" -U songnuan songnuan
DATABASE_URL="postgresql://songnuan@/songnuan?host=$folder" "$@"
