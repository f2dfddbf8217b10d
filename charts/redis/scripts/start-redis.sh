#!/bin/sh
# PID 1 of a server's container: decides whom to follow, starts the server and its guard, hands over before it stops.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

primary=
named_at=

has_data() { [ -d "$DATA_DIR/appendonlydir" ]; }

# accept EPOCH PRIMARY REPLICAS FLAGS: whether this server can go by what the Sentinels say. The order of the questions is the
# safety of the data: see docs/decisions.md, "Who leads after a restart".
accept() {
  if [ "$1" -lt "$(known_epoch)" ]; then
    note "refusing: the Sentinels are at epoch $1, this server has seen $(known_epoch); they have lost their volumes." \
      "See docs/redis.md, \"Sentinels that have forgotten\""
    return 1
  fi
  remember_epoch "$1"
  primary=$2
  [ "$primary" = "$HOST" ] || return 0
  # Nobody ever followed: the first start of all.
  [ "$3" -gt 0 ] || return 0
  if ! has_data; then
    note "waiting: the Sentinels name this server, but its volume is empty; it will not lead a group that has data"
    return 1
  fi
  # A replica in step takes over within this time and the data stays in one line; only when none could does this server lead again.
  [ -n "$named_at" ] || named_at=$(now)
  if [ $(($(now) - named_at)) -lt "$STAND_BACK_SECONDS" ]; then
    note "standing back for up to $STAND_BACK_SECONDS s, so that a replica in step can take over"
    return 1
  fi
  case ",$4," in *,failover_in_progress,*) return 1 ;; esac
}

choose_primary() {
  while :; do
    if view=$(sentinel_view); then
      # shellcheck disable=SC2086 # four words
      if accept $view; then return; fi
    else
      note "waiting: fewer than $QUORUM Sentinels answer"
    fi
    sleep 1
  done
}

users() {
  echo 'user default off'
  while IFS='|' read -r user key rules; do
    hashes=$(accepted_hashes "$key") || exit 1
    echo "user $user on $hashes$rules"
  done <"$CONFIG_DIR/roles"
}

configuration() {
  cat "$CONFIG_DIR/redis.conf"
  echo "bind ${BIND:-* -::*}"
  echo "dir $DATA_DIR"
  echo "aclfile $RUN_DIR/users.acl"
  [ "$MODE" = sentinel ] || return 0
  echo "replica-announce-ip $HOST"
  echo "masteruser replica"
  echo "masterauth $(quoted_secret redis-replica-password)"
  if [ "$primary" != "$HOST" ]; then
    echo "replicaof $primary $REDIS_PORT"
    # Not to be promoted before it is in step with its primary: the guard raises it then.
    echo "replica-priority 0"
  fi
}

caught_up() {
  state=$(replication)
  offset=$(echo "$state" | field master_repl_offset)
  echo "$state" | grep -q "^slave[0-9]*:.*state=online,offset=$offset,"
}

order_failover() {
  for sentinel_host in $SENTINELS; do
    if ask "$sentinel_host" "$SENTINEL_PORT" sentinel "$(secret redis-sentinel-password)" \
      sentinel failover "$PRIMARY_NAME" >/dev/null; then return 0; fi
  done
  return 1
}

moved_on() {
  view=$(sentinel_view) || return 1
  # shellcheck disable=SC2086 # four words
  set -- $view
  [ "$2" != "$HOST" ]
}

# A primary that stops pauses writes first, so that nothing is acknowledged which its successor lacks, and stays paused until it is gone.
hand_over() {
  [ "$MODE" = sentinel ] || return 0
  [ "$(replication | field role)" = master ] || return 0
  admin client pause "$((HAND_OVER_SECONDS * 2000))" write >/dev/null
  if await 3 caught_up && order_failover && await "$HAND_OVER_SECONDS" moved_on; then
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
if [ "$MODE" = sentinel ]; then
  choose_primary
  log "following the Sentinels: the primary is $primary"
fi
SECRETS_APPLIED=$(secrets_fingerprint)
ADMIN_PASSWORD_APPLIED=$(secret redis-admin-password)
users >"$RUN_DIR/users.acl"
configuration >"$RUN_DIR/redis.conf"
valkey-server "$RUN_DIR/redis.conf" &
server=$!
SECRETS_APPLIED=$SECRETS_APPLIED ADMIN_PASSWORD=$ADMIN_PASSWORD_APPLIED sh "$CONFIG_DIR/guard.sh" "$server" &
trap stop TERM INT
# A signal interrupts `wait`: the server is gone only when it is gone.
status=0
while kill -0 "$server" 2>/dev/null; do
  wait "$server" && status=0 || status=$?
done
exit "$status"
