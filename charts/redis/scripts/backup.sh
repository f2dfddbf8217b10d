#!/bin/sh
# Takes one snapshot, checks it, keeps the KEEP newest. Any failure fails the job, and leaves the older snapshots alone.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"
BACKUP_DIR=${BACKUP_DIR:-/backup}

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

leader() {
  if [ "$MODE" = sentinel ]; then sentinel_view | cut -d ' ' -f 2; else echo "${SERVERS%% *}"; fi
}

choose_source() {
  source_host=
  [ "$MODE" != sentinel ] || source_host=$(replicas_in_step | head -n 1)
  [ -n "$source_host" ] || source_host=$(leader)
  [ -n "$source_host" ] || fail "no server to take a snapshot of: the Sentinels name none"
}

password=$(secret redis-backup-password)
choose_source
keys=$(ask "$source_host" "$REDIS_PORT" backup "$password" dbsize) || fail "$source_host does not answer the user backup"

umask 077
rm -f "$BACKUP_DIR"/*.part
name=quotes-$(date -u +%Y%m%dT%H%M%SZ).rdb
part=$BACKUP_DIR/$name.part
REDISCLI_AUTH=$password valkey-cli --no-auth-warning -h "$source_host" -p "$REDIS_PORT" --user backup --rdb "$part" >&2 ||
  fail "the transfer from $source_host failed"
report=$(valkey-check-rdb "$part") || fail "the snapshot of $source_host is damaged: $report"
held=$(echo "$report" | sed -n 's/^\[info\] \([0-9]*\) keys read$/\1/p')
# Keys come and go while the snapshot is taken; one that holds half of them is not a copy.
[ "$((${held:-0} * 2))" -ge "$keys" ] || fail "the snapshot holds ${held:-0} keys, $source_host holds $keys"
mv "$part" "$BACKUP_DIR/$name"
sync
# Names sort by time.
find "$BACKUP_DIR" -name 'quotes-*.rdb' | sort -r | tail -n "+$((KEEP + 1))" | while read -r old; do rm -f "$old"; done
log "kept $name: $held keys of $source_host, $(wc -c <"$BACKUP_DIR/$name") bytes"
