#!/bin/sh
# Beside a running server, once a second: which passwords are valid, which functions it has, whether it may be promoted.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

server=$1

# New secret files: both accepted passwords of every user in one ACL SETUSER, so that no moment has none and no client is cut off.
apply_passwords() {
  fingerprint=$(secrets_fingerprint)
  [ "$fingerprint" != "$SECRETS_APPLIED" ] || return 0
  while IFS='|' read -r user key _; do
    hashes=$(accepted_hashes "$key") || return 1
    # shellcheck disable=SC2086 # one word a hash
    admin acl setuser "$user" resetpass $hashes >/dev/null || return 1
    # shellcheck disable=SC2034 # what admin() logs in with
    [ "$user" != admin ] || ADMIN_PASSWORD=$(secret redis-admin-password)
  done <"$CONFIG_DIR/roles"
  [ "$MODE" != sentinel ] || secret redis-replica-password | admin -x config set masterauth >/dev/null || return 1
  SECRETS_APPLIED=$fingerprint
  log "the passwords of the mounted files are valid now"
}

# The functions of the services, on a server that has just become the primary (its file may be newer than what was replicated) and
# on one that has lost them.
load_functions() {
  if [ "$role" != master ]; then
    functions=
  elif [ -z "$functions" ] || [ -z "$(admin function list libraryname "$FUNCTION_LIBRARY")" ]; then
    admin -x function load replace <"$CONFIG_DIR/functions.lua" >/dev/null || return 1
    functions=loaded
    log "the functions of the services are loaded"
  fi
}

# A server that started with replica-priority 0 may be promoted once it has been in step with a primary.
allow_promotion() {
  [ "$PROMOTABLE" = no ] || return 0
  echo "$state" | grep -qE '^(role:master|master_link_status:up)$' || return 0
  admin config set replica-priority 100 >/dev/null && PROMOTABLE=yes
}

functions=
while kill -0 "$server" 2>/dev/null; do
  apply_passwords || log "could not apply the mounted passwords; trying again"
  if state=$(replication) && role=$(echo "$state" | field role) && [ -n "$role" ]; then
    load_functions || true
    allow_promotion || true
  fi
  sleep 1
done
