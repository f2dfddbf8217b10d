#!/bin/sh
# probe.sh live|ready|sentinel
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

# Any answer is life, and PING without a login gets one: a server that loads, runs a long script or rotates its passwords is not dead.
live() {
  # shellcheck disable=SC2086 # several words
  timeout "$ASK_SECONDS" valkey-cli $CLI_TLS -h "$LOCAL" -p "$REDIS_PORT" ping 2>/dev/null |
    grep -qE '^(PONG|NOAUTH|LOADING|BUSY|MASTERDOWN)'
}

# In step: a rollout goes on to the next server, and a disruption budget lets it go, only when this one could take its place.
# A primary without the functions would reject every write.
ready() {
  [ "$(admin ping)" = PONG ] || return 1
  state=$(replication)
  echo "$state" | grep -q '^master_link_status:up$' && return 0
  echo "$state" | grep -q '^role:master$' && [ -n "$(admin function list libraryname "$FUNCTION_LIBRARY")" ]
}

sentinel() { [ "$(read_sentinel "$LOCAL" ping)" = PONG ]; }

"$1"
