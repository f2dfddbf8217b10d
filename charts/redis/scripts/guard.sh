#!/bin/sh
# Beside a running server, once a second: which passwords are valid, which functions it has, whether it may be promoted, and whether
# a restore that rejects writes is still there.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

server=$1

# New secret files: both accepted passwords of every user in one ACL SETUSER, so that no moment has none and no client is cut off.
# From a copy: the kubelet may change the files, and change them back, while they are applied one by one.
apply_passwords() {
  [ "$(secrets_fingerprint "$mounted")" != "$SECRETS_APPLIED" ] || return 0
  # Until the end some users have the new passwords and some the old ones: no set of files is applied.
  SECRETS_APPLIED=
  rm -rf "$SECRETS_DIR" && mkdir "$SECRETS_DIR" && cp -L "$mounted"/* "$SECRETS_DIR" || return 1
  while IFS='|' read -r user key _; do
    hashes=$(accepted_hashes "$key") || return 1
    # shellcheck disable=SC2086 # one word a hash
    admin acl setuser "$user" resetpass $hashes >/dev/null || return 1
    [ "$user" != admin ] || ADMIN_PASSWORD=$(secret redis-admin-password)
  done <"$CONFIG_DIR/roles"
  [ "$MODE" != sentinel ] || secret redis-replica-password | admin -x config set masterauth >/dev/null || return 1
  SECRETS_APPLIED=$(secrets_fingerprint "$SECRETS_DIR")
  log "the passwords of the mounted files are valid now"
}

# A reply that came too late: the server has taken the administrator's new password, and the guard still logs in with the old one.
learn_password() {
  next=$(secret redis-admin-password)
  # shellcheck disable=SC2034 # what admin() logs in with
  [ "$(ask "$LOCAL" "$REDIS_PORT" admin "$next" ping)" != PONG ] || ADMIN_PASSWORD=$next
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

# Whether a restore left rejected writes, or a half-filled database 1, and holds them no longer.
restore_left() {
  found=$(printf 'EXISTS %s\nACL LIST\nSELECT 1\nEXISTS %s\n' "$RESTORING_KEY" "$POURING_KEY" | admin) || return 1
  case $found in
    0*-@write* | 0*1) return 0 ;;
    *) return 1 ;;
  esac
}

# A restore that was killed and that nobody runs again: its next pod begins anew. What it had replaced already stays in database 1.
undo_restore() {
  set -f
  admin acl list | sed -n 's/^user \([^ ]*\) .*-@write.*/\1/p' | while read -r user; do
    # shellcheck disable=SC2046 # one word a rule
    admin acl setuser "$user" nocommands $(sed -n "s/^$user|[^|]*|//p" "$CONFIG_DIR/roles") >/dev/null
  done
  set +f
  if [ "$role" = master ] && [ "$(admin -n 1 exists "$POURING_KEY")" = 1 ]; then
    admin -n 1 flushdb async >/dev/null
    admin config set maxmemory "$(sed -n 's/^maxmemory //p' "$CONFIG_DIR/redis.conf")" >/dev/null
  fi
  log "a restore is gone that had not ended: the services may write again"
}

# Three times in a row: a replica may see the rejection before the lease.
end_lost_restore() {
  if restore_left; then lost=$((lost + 1)); else lost=0; fi
  [ "$lost" -lt 3 ] || undo_restore
}

mounted=$SECRETS_DIR
SECRETS_DIR=$RUN_DIR/secrets
functions=
lost=0
while kill -0 "$server" 2>/dev/null; do
  apply_passwords || {
    learn_password || true
    log "could not apply the mounted passwords; trying again"
  }
  apply_certificate || log "could not take the mounted certificate; trying again"
  if state=$(replication) && role=$(echo "$state" | field role) && [ -n "$role" ]; then
    load_functions || true
    allow_promotion || true
    end_lost_restore || true
  fi
  sleep 1
done
