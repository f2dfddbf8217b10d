#!/bin/sh
# restore.sh swap | finish: replaces ALL that the store holds with one snapshot. The snapshot is poured into database 1 of the
# running primary, whose AOF and replicas record it as they record any write; then the databases change places in one step. What
# was replaced stays in database 1 until restic has kept it. Each step can be run again.
. "${CONFIG_DIR:-/etc/redis}/jobs.sh"

RESTORED_KEY='{backup}:restored'
# Renewed six times as often as it would expire. The guard of each server lets the services write again when it is gone.
LEASE_SECONDS=30
POUR_BYTES=${POUR_BYTES:-$((16 * 1024 * 1024))}
# Half of what redis.conf lets a replica lag before it is cut off.
LAG_BYTES=$((48 * 1024 * 1024))

target=$(leader)
[ -n "$target" ] || fail "no primary to restore into: fewer than $QUORUM Sentinels answer"
password=$(secret redis-admin-password)
primary() { ask "$target" "$REDIS_PORT" admin "$password" "$@"; }
aside() { primary -n 1 "$@"; }

# Rules for the services, on every server, so that a failover does not change it: `-@write`, or again those of the file.
set_writes() {
  set -f
  for host in $SERVERS; do
    while IFS='|' read -r user _ rules; do
      # shellcheck disable=SC2086 # one word a rule
      ask "$host" "$REDIS_PORT" admin "$password" acl setuser "$user" ${1:-nocommands $rules} >/dev/null ||
        [ "$host" != "$target" ] || return 1
    done <"$CONFIG_DIR/roles"
  done
  set +f
}

hold() { primary set "$RESTORING_KEY" "$RESTORE_ID" ex "$LEASE_SECONDS" >/dev/null; }

# For as long as this script lives.
renew() {
  while kill -0 "$$" 2>/dev/null; do
    sleep $((LEASE_SECONDS / 6))
    hold || true
  done
}

in_step() {
  primary info replication | tr -d '\r' | awk -F '[:,=]' -v limit="$LAG_BYTES" '
    /^slave[0-9]+:/ { for (i = 2; i < NF; i++) if ($i == "offset") offsets[++replicas] = $(i + 1) }
    /^master_repl_offset:/ { written = $2 }
    END { if (written == "") exit 1; for (i in offsets) if (written - offsets[i] > limit) exit 1 }'
}

pour() {
  block=0
  # Once: BusyBox reads the whole file to count it.
  size=$(wc -c <"$1")
  while [ "$((block * POUR_BYTES))" -lt "$size" ]; do
    await 300 in_step || return 1
    dd if="$1" bs="$POUR_BYTES" skip="$block" count=1 2>/dev/null
    block=$((block + 1))
  done
}

rewritten() { scratch info persistence | tr -d '\r' | grep -q '^aof_rewrite_in_progress:0$'; }
freed() { primary info memory | tr -d '\r' | grep -q '^lazyfree_pending_objects:0$'; }

# The snapshot as the commands that make it, in database 1; not the functions, which the servers load from their own file.
prepare() {
  start_scratch "$FETCHED" || fail "a server does not load the snapshot"
  for name in $DATA_SETS; do scratch del "$BACKUP_RECORDS_KEY$name"; done >/dev/null
  scratch del "$BACKUP_VERIFIED_KEY" "$RESTORED_KEY" "$RESTORING_KEY" "$POURING_KEY" >/dev/null
  counts scratch >"$WORK_DIR/expected"
  expected_keys=$(scratch dbsize)
  {
    scratch function flush
    scratch swapdb 0 1
    scratch config set aof-use-rdb-preamble no
    scratch bgrewriteaof
  } >/dev/null
  await 900 rewritten || fail "the snapshot could not be written as commands"
  stop_scratch
  mv "$FETCHED"/appendonlydir/*.base.aof "$WORK_DIR/commands"
  rm -rf "$FETCHED"
}

fill() {
  primary config set maxmemory "$((2 * MAX_MEMORY_MIB))mb" >/dev/null || fail "$target does not answer the user admin"
  aside flushdb async >/dev/null
  await 300 freed || fail "the memory of an interrupted restore is not free"
  aside set "$POURING_KEY" 1 >/dev/null || fail "$target takes no writes: is it the primary, and has it its replicas?"
  # shellcheck disable=SC2086 # several words
  pour "$WORK_DIR/commands" |
    REDISCLI_AUTH=$password valkey-cli $CLI_TLS --no-auth-warning -h "$target" -p "$REDIS_PORT" --user admin --pipe >&2 ||
    fail "$target did not take the whole snapshot; what it holds is unchanged"
  rm "$WORK_DIR/commands"
  counts aside >"$WORK_DIR/poured"
  cmp -s "$WORK_DIR/expected" "$WORK_DIR/poured" && [ "$(aside dbsize)" -eq "$((expected_keys + 1))" ] ||
    fail "$target does not hold what the snapshot holds: $(cat "$WORK_DIR/poured")"
}

exchange() {
  printf 'MULTI\nDEL %s\nSWAPDB 0 1\nDEL %s\nSET %s "%s"\nEXEC\n' "$RESTORING_KEY" "$POURING_KEY" "$RESTORED_KEY" "$1" |
    primary | tail -n 1 | grep -q '^OK$'
}

# What was replaced, as the only database of a snapshot, for restic.
secure() {
  counts aside >"$WORK_DIR/replaced" || fail "$target does not answer the user admin"
  dump "$target" admin "$password" "$KEPT"
  start_scratch "$KEPT" || fail "the data that was replaced cannot be loaded"
  { scratch flushdb && scratch swapdb 0 1 && scratch save; } >/dev/null
  stop_scratch
}

swap() {
  this="$RESTORE_ID $(cat "$WORK_DIR/snapshot")"
  if [ "$(aside dbsize)" -gt 0 ] && [ "$(aside exists "$POURING_KEY")" = 0 ]; then
    set_writes || fail "$target does not accept writes of the services again"
    log "an interrupted restore has replaced the data already; keeping what it replaced"
    [ "$(primary get "$RESTORED_KEY" | cut -d ' ' -f 2)" = "${this#* }" ] || touch "$WORK_DIR/again"
  elif [ "$(primary get "$RESTORED_KEY")" = "$this" ]; then
    log "this restore has ended already"
    touch "$WORK_DIR/done"
    return
  else
    prepare
    hold || fail "$target takes no writes: is it the primary, and has it its replicas?"
    renew &
    renewer=$!
    trap 'kill "$renewer" 2>/dev/null || true; set_writes || log "the services may write again in $LEASE_SECONDS s"' EXIT
    trap 'exit 1' TERM INT
    log "writes of the services are rejected from now on"
    set_writes -@write || fail "$target does not answer the user admin"
    fill
    kill "$renewer" || true
    exchange "$this" || fail "$target did not exchange the databases"
    set_writes && trap - EXIT
    log "restored $(tr '\n' ' ' <"$WORK_DIR/poured"); the services may write again"
  fi
  secure
}

finish() {
  [ ! -e "$WORK_DIR/done" ] || return 0
  [ ! -s "$WORK_DIR/problem" ] || fail "$(cat "$WORK_DIR/problem"): what was replaced stays in database 1; run the restore again"
  start_scratch "$FETCHED" && counts scratch >"$WORK_DIR/held" && cmp -s "$WORK_DIR/replaced" "$WORK_DIR/held" ||
    fail "what was replaced is not safe with restic: it stays in database 1; run the restore again"
  stop_scratch
  aside flushdb async >/dev/null
  primary config set maxmemory "${MAX_MEMORY_MIB}mb" >/dev/null
  log "what was replaced is kept as snapshot $(cut -c 1-8 "$WORK_DIR/snapshot")"
  [ ! -e "$WORK_DIR/again" ] || fail "an earlier restore is finished now; run this one again"
}

umask 077
"$1"
