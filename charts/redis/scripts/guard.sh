#!/bin/sh
# Beside a running server, once a second: who may be promoted, which passwords are valid, how far the Sentinels have come.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

server=$1
followed=
priority=

# A replica may be promoted only if it has been in step with the primary that it now follows: a restarted one, one that is being
# filled from scratch or one that was just sent to another primary could lack writes that are acknowledged. When the primary
# dies the link is down but the answer stays what it was.
judge_priority() {
  state=$(replication) && [ -n "$state" ] || return 0
  primary=$(echo "$state" | field master_host)
  wanted=$priority
  if [ "$(echo "$state" | field role)" = master ]; then
    wanted=100 followed=
  elif [ "$(echo "$state" | field master_link_status)" = up ]; then
    wanted=100 followed=$primary
  elif [ "$primary" != "$followed" ] || [ "$(echo "$state" | field master_sync_in_progress)" = 1 ]; then
    wanted=0
  fi
  [ "$wanted" != "$priority" ] || return 0
  admin config set replica-priority "$wanted" >/dev/null || return 1
  priority=$wanted
}

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
  [ "$MODE" != sentinel ] || admin config set masterauth "$(secret redis-replica-password)" >/dev/null || return 1
  SECRETS_APPLIED=$fingerprint
  log "the passwords of the mounted files are valid now"
}

beat=0
while kill -0 "$server" 2>/dev/null; do
  apply_passwords || log "could not apply the mounted passwords; trying again"
  if [ "$MODE" = sentinel ]; then
    judge_priority || true
    # The epoch only grows; a server that remembers it does not believe Sentinels that have forgotten.
    if [ $((beat % 3)) -eq 0 ] && view=$(sentinel_view); then remember_epoch "${view%% *}"; fi
  fi
  beat=$((beat + 1))
  sleep 1
done
