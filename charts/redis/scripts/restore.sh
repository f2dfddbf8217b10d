#!/bin/sh
# Brings a snapshot back: replaces ALL that the store holds. A server with its AOF on ignores a snapshot, so a scratch server with
# the AOF off loads it here and pours it into the running primary, whose AOF and replicas record it as they record any write.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"
BACKUP_DIR=${BACKUP_DIR:-/backup}
SNAPSHOT=${SNAPSHOT:-latest}

# Batches of keys, moved by MIGRATE within a script: any byte may be in a key. The password is the last argument, read from stdin.
POUR='
local cursor, moved = "0", 0
repeat
  local page = redis.call("SCAN", cursor, "COUNT", 256)
  cursor = page[1]
  if #page[2] > 0 then
    redis.call("MIGRATE", ARGV[1], ARGV[2], "", 0, 60000, "COPY", "REPLACE", "AUTH2", "admin", ARGV[3], "KEYS", unpack(page[2]))
    moved = moved + #page[2]
  end
until cursor == "0"
return moved'

scratch() { valkey-cli -e -h "$LOCAL" -p "$SCRATCH_PORT" "$@"; }
loaded() { [ "$(scratch ping 2>/dev/null)" = PONG ]; }
primary() { ask "$target" "$REDIS_PORT" admin "$password" "$@"; }

if [ "$SNAPSHOT" = latest ]; then
  newest=$(find "$BACKUP_DIR" -name 'quotes-*.rdb' | sort | tail -n 1)
  SNAPSHOT=${newest##*/}
fi
[ -f "$BACKUP_DIR/$SNAPSHOT" ] || fail "no snapshot '$SNAPSHOT' in $BACKUP_DIR; there are: $(ls "$BACKUP_DIR")"
valkey-check-rdb "$BACKUP_DIR/$SNAPSHOT" >&2 || fail "$SNAPSHOT is damaged"

password=$(secret redis-admin-password)
if [ "$MODE" = sentinel ]; then
  view=$(sentinel_view) || fail "fewer than $QUORUM Sentinels answer: no primary to restore into"
  # shellcheck disable=SC2086 # four words
  set -- $view
  target=$2
else
  target=${SERVERS%% *}
fi

valkey-server --port "$SCRATCH_PORT" --bind "$LOCAL" --dir "$BACKUP_DIR" --dbfilename "$SNAPSHOT" \
  --appendonly no --save '' --pidfile '' --daemonize no >&2 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
await 600 loaded || fail "$SNAPSHOT could not be loaded"
expected=$(scratch dbsize)

log "replacing what $target holds with the $expected keys of $SNAPSHOT"
primary flushall >/dev/null || fail "$target refused FLUSHALL: is it the primary, and has it a replica?"
printf '%s' "$password" | scratch -x eval "$POUR" 0 "$target" "$REDIS_PORT" >/dev/null ||
  fail "$target holds a part of $SNAPSHOT only; run the restore again"
restored=$(primary dbsize)
[ "$restored" -ge "$expected" ] || fail "$target holds $restored keys of $expected; run the restore again"
log "restored: $target holds $restored keys. Restart the services that keep an index: kubectl rollout restart deployment/search"
