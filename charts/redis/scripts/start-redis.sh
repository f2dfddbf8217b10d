#!/bin/sh
# PID 1 of a server's container: asks the Sentinels whom to follow, starts the server and its guard, hands over before it stops.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

primary=

has_data() { [ -d "$DATA_DIR/appendonlydir" ]; }

# Says a thing once: the loop repeats itself.
note() {
  [ "${noted:-}" = "$*" ] || log "$*"
  noted=$*
}

# A primary is written into the configuration at each start, because a pod keeps no configuration of its own.
primary_known() {
  if ! view=$(sentinel_view); then
    note "waiting: fewer than $QUORUM Sentinels answer"
    return 1
  fi
  # shellcheck disable=SC2086 # three words
  set -- $view
  primary=$2
  # An empty volume never leads a group that has data: its replicas would throw theirs away. Without replicas it is the first start of all.
  if [ "$primary" = "$HOST" ] && [ "$3" -gt 0 ] && ! has_data; then
    note "waiting: the Sentinels name this server, but its volume is empty; it will not lead a group that has data"
    return 1
  fi
}

# Nobody can log in as `default`. It keeps its rights, because the server replays its append-only file as this user.
users() {
  echo 'user default off ~* &* +@all'
  while IFS='|' read -r user key rules; do
    hashes=$(accepted_hashes "$key") || exit 1
    echo "user $user on $hashes$rules"
  done <"$CONFIG_DIR/roles"
}

# Whether this server may be promoted at once: what it holds must be all that was ever acknowledged.
promotable() { if [ "$MODE" != sentinel ] || { [ "$DURABILITY" = all ] && has_data; }; then echo yes; else echo no; fi; }

configuration() {
  cat "$CONFIG_DIR/redis.conf"
  tls_directives "$REDIS_PORT"
  echo "bind ${BIND:-* -::*}"
  echo "dir $DATA_DIR"
  echo "aclfile $RUN_DIR/users.acl"
  [ "$MODE" = sentinel ] || return 0
  echo "replica-announce-ip $HOST"
  echo "masteruser replica"
  echo "masterauth $(quoted_secret redis-replica-password)"
  [ "$primary" = "$HOST" ] || echo "replicaof $primary $REDIS_PORT"
  [ "$PROMOTABLE" = yes ] || echo "replica-priority 0"
}

# The Sentinels turn a deposed primary into a replica only after eight seconds: what counts is whom they name.
moved_on() { view=$(sentinel_view) && [ "$(echo "$view" | cut -d ' ' -f 2)" != "$HOST" ]; }

order_failover() {
  for sentinel_host in $SENTINELS; do
    if ask "$sentinel_host" "$SENTINEL_PORT" sentinel "$(secret redis-sentinel-password)" \
      sentinel failover "$PRIMARY_NAME" >/dev/null; then return 0; fi
  done
  return 1
}

# A primary that is asked to stop has a replica promoted first: readers wait for a second and not for the Sentinels to miss it.
# Writes pause meanwhile, so that none is taken that its successor lacks.
hand_over() {
  [ "$MODE" = sentinel ] || return 0
  [ "$(replication | field role)" = master ] || return 0
  admin client pause "$((HAND_OVER_SECONDS * 1000))" write >/dev/null
  if order_failover && await "$HAND_OVER_SECONDS" moved_on; then
    log "handed over"
  else
    log "stopping as the primary: no replica could take over"
  fi
}

stop() {
  trap '' TERM INT
  hand_over || true
  kill -TERM "$server" 2>/dev/null || true
}

trap 'exit 0' TERM INT
umask 077
mkdir -p "$RUN_DIR"
remember_names &
if [ "$MODE" = sentinel ]; then
  until primary_known; do sleep 1; done
  log "following the Sentinels: the primary is $primary"
fi
secrets_applied=$(secrets_fingerprint "$SECRETS_DIR")
admin_password=$(secret redis-admin-password)
PROMOTABLE=$(promotable)
users >"$RUN_DIR/users.acl"
configuration >"$RUN_DIR/redis.conf"
valkey-server "$RUN_DIR/redis.conf" &
server=$!
SECRETS_APPLIED=$secrets_applied ADMIN_PASSWORD=$admin_password PROMOTABLE=$PROMOTABLE sh "$CONFIG_DIR/guard.sh" "$server" &
trap stop TERM INT
# A signal interrupts `wait`: the server is gone only when it is gone.
status=0
while kill -0 "$server" 2>/dev/null; do
  wait "$server" && status=0 || status=$?
done
exit "$status"
