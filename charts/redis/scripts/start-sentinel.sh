#!/bin/sh
# PID 1 of a Sentinel: settings are written anew at each start, what it has learnt (its volume holds it) is kept.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

CONFIG=$DATA_DIR/sentinel.conf

# The primary that this Sentinel knew when it stopped.
remembered() {
  [ -f "$CONFIG" ] || return 1
  awk -v name="$PRIMARY_NAME" '$1 == "sentinel" && $2 == "monitor" && $3 == name { found = $4 } END { if (!found) exit 1; print found }' "$CONFIG"
}

# With an empty volume, the server that leads: of several, the one with most replicas. A Sentinel that watched a replica would stay blind.
leading() {
  for server in $SERVERS; do
    ask "$server" "$REDIS_PORT" sentinel "$(secret redis-sentinel-password)" info replication | tr -d '\r' |
      awk -F : -v host="$server" '{ value[$1] = $2 } END { if (value["role"] == "master") print value["connected_slaves"], host }'
  done | sort -rn | awk 'NR == 1 { print $2 } END { if (NR == 0) exit 1 }'
}

learnt() {
  [ -f "$CONFIG" ] || return 0
  grep -E '^sentinel (myid|current-epoch|config-epoch|leader-epoch|known-replica|known-sentinel) ' "$CONFIG" || true
}

configuration() {
  hashes=$(accepted_hashes redis-sentinel-password) || exit 1
  cat "$CONFIG_DIR/sentinel.conf"
  tls_directives "$SENTINEL_PORT"
  echo "bind ${BIND:-* -::*}"
  echo "user default on nopass $SENTINEL_DEFAULT_RULES"
  echo "user sentinel on $hashes~* &* +@all"
  echo "sentinel announce-ip $HOST"
  echo "sentinel sentinel-user sentinel"
  echo "sentinel sentinel-pass $(quoted_secret redis-sentinel-password)"
  echo "sentinel monitor $PRIMARY_NAME $1 $REDIS_PORT $QUORUM"
  echo "sentinel auth-user $PRIMARY_NAME sentinel"
  echo "sentinel auth-pass $PRIMARY_NAME $(quoted_secret redis-sentinel-password)"
  echo "sentinel down-after-milliseconds $PRIMARY_NAME $((DOWN_AFTER_SECONDS * 1000))"
  echo "sentinel failover-timeout $PRIMARY_NAME $((FAILOVER_SECONDS * 1000))"
  echo "sentinel parallel-syncs $PRIMARY_NAME 1"
  learnt
}

prepare() {
  # When no server leads either, this is the first start of all, and then the first server leads.
  primary=$(remembered || leading || echo "${SERVERS%% *}")
  log "watching $primary"
  configuration "$primary" >"$CONFIG.new"
  mv "$CONFIG.new" "$CONFIG"
}

umask 077
prepare
remember_names &
run_sentinel
