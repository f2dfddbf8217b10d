# shellcheck shell=sh
# Shared by the store's scripts. POSIX sh: the image brings BusyBox'.
set -eu

# Where things are in a pod. The tests replace these four and BIND, the address of their "pod"; nothing else.
CONFIG_DIR=${CONFIG_DIR:-/etc/redis}
DATA_DIR=${DATA_DIR:-/data}
RUN_DIR=${RUN_DIR:-/run/redis}
SECRETS_DIR=${SECRETS_DIR:-/run/secrets/redis}
LOCAL=${BIND:-127.0.0.1}

# MODE, DURABILITY, SERVERS, SENTINELS, PRIMARY_NAME, QUORUM, FUNCTION_LIBRARY, ports and times: written at synthesis.
# shellcheck source=/dev/null
. "$CONFIG_DIR/settings.sh"

# Plain text, unless the ConfigMap has tls.sh, which replaces these.
CLI_TLS=
tls_directives() { :; }
apply_certificate() { :; }
run_sentinel() { exec valkey-sentinel "$CONFIG"; }
# shellcheck source=/dev/null
[ ! -f "$CONFIG_DIR/tls.sh" ] || . "$CONFIG_DIR/tls.sh"

# While a restore rejects the services' writes; it expires with a restore that is gone.
# shellcheck disable=SC2034 # for the restore and the guard
RESTORING_KEY='{backup}:restoring'
# In database 1 while a restore fills it: without it, what is there is data that was replaced.
# shellcheck disable=SC2034
POURING_KEY='{backup}:pouring'

log() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) ${0##*/}: $*" >&2; }

fail() {
  log "$*"
  exit 1
}

now() { date +%s; }

# await SECONDS COMMAND...: repeats the command until it succeeds; fails when the time is over.
await() {
  deadline=$(($(now) + $1))
  shift
  until "$@"; do
    [ "$(now)" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

# A password by its key, without the newline that an editor leaves.
secret() { tr -d '\n' <"$SECRETS_DIR/$1"; }

# The same for a configuration file, in which any character may stand as \xHH.
quoted_secret() { printf '"%s"' "$(secret "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /\\x/g')"; }

# The passwords accepted for a key, hashed as ACL wants them: the current one and, while a rotation goes on, its standby.
accepted_hashes() {
  [ -s "$SECRETS_DIR/$1" ] || fail "$SECRETS_DIR/$1 is missing or empty; the Secret needs the key $1"
  for key in "$1" "$1-standby"; do
    [ ! -s "$SECRETS_DIR/$key" ] || printf '#%s ' "$(secret "$key" | sha256sum | cut -d ' ' -f 1)"
  done
}

# What all secret files of a folder hold, as one hash: it changes when the kubelet brings new values.
secrets_fingerprint() { cat "$1"/* | sha256sum | cut -d ' ' -f 1; }

# ask HOST PORT USER PASSWORD COMMAND...: bounded, and a reply that is an error is a failure.
ask() {
  ask_host=$1 ask_port=$2 ask_user=$3 ask_password=$4
  shift 4
  # shellcheck disable=SC2086 # several words
  REDISCLI_AUTH=$ask_password timeout "$ASK_SECONDS" \
    valkey-cli $CLI_TLS -e --no-auth-warning -h "$ask_host" -p "$ask_port" --user "$ask_user" "$@" 2>/dev/null
}

# admin COMMAND...: to this pod's own server. ADMIN_PASSWORD is the one that the server knows, where that may differ from the file.
admin() { ask "$LOCAL" "$REDIS_PORT" admin "${ADMIN_PASSWORD:-$(secret redis-admin-password)}" "$@"; }

# The replication section of this pod's server, and one field of it.
replication() { admin info replication | tr -d '\r'; }
field() { sed -n "s/^$1://p"; }

# read_sentinel HOST COMMAND...: reading needs no password.
read_sentinel() {
  ask_host=$1
  shift
  # shellcheck disable=SC2086 # several words
  timeout "$ASK_SECONDS" valkey-cli $CLI_TLS -e -h "$ask_host" -p "$SENTINEL_PORT" "$@" 2>/dev/null
}

# What the Sentinels hold to be true, the newest of them: EPOCH PRIMARY REPLICAS. Fails unless a majority answers, because a
# minority may have slept through a failover.
sentinel_view() {
  for sentinel_host in $SENTINELS; do
    read_sentinel "$sentinel_host" sentinel master "$PRIMARY_NAME" | awk '
      NR % 2 { key = $0; next }
      { value[key] = $0 }
      END { if ("ip" in value) print value["config-epoch"], value["ip"], value["num-slaves"] }'
  done | sort -rn | awk -v quorum="$QUORUM" 'NR == 1 { view = $0 } END { if (NR < quorum) exit 1; print view }'
}

# A server and a Sentinel do nothing else while they look a name up. Where the name server was on a lost node, a Sentinel looked up
# for 20 s, took that for a jump of its clock and failed over after a minute. So the last known addresses of the group stand in
# NAMES_FILE, the pod's own /etc/hosts: a pod has it, the tests do not.
remember_names() {
  [ -n "${NAMES_FILE:-}" ] || return 0
  domain=$(awk '$1 == "search" { print $2; exit }' /etc/resolv.conf)
  while :; do
    for name in $SERVERS $SENTINELS; do
      address=$(getent hosts "$name.$domain." | awk 'NR == 1 { print $1 }')
      [ -n "$address" ] || continue
      grep -qxF "$address $name" "$NAMES_FILE" && continue
      others=$(awk -v name="$name" '$2 != name' "$NAMES_FILE")
      # In its place: the file is mounted.
      printf '%s\n%s\n' "$others" "$address $name" >"$NAMES_FILE"
    done
    sleep 5
  done
}
