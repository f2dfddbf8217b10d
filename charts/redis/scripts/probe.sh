#!/bin/sh
# probe.sh live|ready|sentinel
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

# Any answer is life, and PING without a login gets one: a server that loads, runs a long script or rotates its passwords is not dead.
live() {
  timeout "$ASK_SECONDS" valkey-cli -h "$LOCAL" -p "$REDIS_PORT" ping 2>/dev/null |
    grep -qE '^(PONG|NOAUTH|LOADING|BUSY|MASTERDOWN)'
}

# In step: a rollout goes on to the next server, and a disruption budget lets it go, only when this one could take its place.
ready() {
  [ "$(admin ping)" = PONG ] || return 1
  replication | grep -qE '^(role:master|master_link_status:up)$'
}

sentinel() { [ "$(read_sentinel "$LOCAL" ping)" = PONG ]; }

"$1"
