#!/bin/sh
# backup.sh dump | verify: takes a snapshot; proves that what restic kept of it can be loaded and holds what the source held.
. "${CONFIG_DIR:-/etc/redis}/jobs.sh"

password=$(secret redis-backup-password)

# Replicas that are up and in step, as a Sentinel sees them: a snapshot there costs the primary nothing.
replicas_in_step() {
  for sentinel_host in $SENTINELS; do
    read_sentinel "$sentinel_host" sentinel replicas "$PRIMARY_NAME" && return
  done | awk '
    odd = !odd { key = $0; next }
    key == "ip" { host = $0 }
    key == "flags" { flags = $0 }
    key == "master-link-status" && $0 == "ok" && flags == "slave" { print host }'
}

# What the network policies allow a new pod holds everywhere only a moment after its start.
await_network() {
  tries=0
  until ask "$(leader)" "$REDIS_PORT" backup "$password" ping >/dev/null || [ "$tries" -ge 15 ]; do
    tries=$((tries + 1))
    sleep 1
  done
}

take() {
  await_network
  source_host=
  [ "$MODE" != sentinel ] || source_host=$(replicas_in_step | head -n 1)
  [ -n "$source_host" ] || source_host=$(leader)
  [ -n "$source_host" ] || fail "no server to take a snapshot of: the Sentinels name none"
  source_counts() { counts ask "$source_host" "$REDIS_PORT" backup "$password"; }
  source_counts >"$WORK_DIR/before" || fail "$source_host does not answer the user backup"
  dump "$source_host" backup "$password" "$KEPT"
  source_counts >"$WORK_DIR/after" || fail "$source_host does not answer the user backup"
}

# The snapshot is of a moment between two counts of its source: it holds as many records as these, or as many more or fewer as
# writes were counted between them.
differences() {
  paste -d ' ' "$WORK_DIR/before" "$WORK_DIR/after" "$WORK_DIR/held" | awk '
    { writes = $6 - $3; low = ($2 < $5 ? $2 : $5) - writes; high = ($2 > $5 ? $2 : $5) + writes }
    $8 < low || $8 > high || $9 < $3 || $9 > $6 {
      printf "%s: %d records after %d writes, but its source held %d after %d and %d after %d; ", $1, $8, $9, $2, $3, $5, $6 }'
}

# The exporter shows these keys of the primary.
record() { ask "$(leader)" "$REDIS_PORT" backup "$password" mset "$@" >/dev/null; }

reject() {
  record "$BACKUP_VERIFIED_KEY" 0 || log "could not record the failure in the store"
  fail "the backup is not good: $*"
}

verify() {
  [ ! -s "$WORK_DIR/problem" ] || reject "$(cat "$WORK_DIR/problem")"
  start_scratch "$FETCHED" || reject "a server does not load it"
  counts scratch >"$WORK_DIR/held" || reject "its records cannot be counted"
  stop_scratch
  found=$(differences)
  [ -z "$found" ] || reject "$found"
  set -- "$BACKUP_VERIFIED_KEY" 1
  while read -r name records _; do set -- "$@" "$BACKUP_RECORDS_KEY$name" "$records"; done <"$WORK_DIR/held"
  record "$@" || fail "could not record in the store what was verified"
  log "verified, by data set with records and writes: $(tr '\n' ' ' <"$WORK_DIR/held")"
}

umask 077
case $1 in
  dump) take ;;
  verify) verify ;;
esac
