# shellcheck shell=sh disable=SC2034
# Shared by the jobs' steps: each is a container, and what it leaves for the next one is in WORK_DIR.
. "${CONFIG_DIR:-/etc/redis}/lib.sh"

WORK_DIR=${WORK_DIR:-/work}
# What restic keeps, and what it gave back: a folder with one dump.rdb.
KEPT=$WORK_DIR/kept
FETCHED=$WORK_DIR/fetched

leader() {
  if [ "$MODE" = sentinel ]; then sentinel_view | cut -d ' ' -f 2; else echo "${SERVERS%% *}"; fi
}

# A server of this container alone, reached by a socket.
scratch() { valkey-cli -e -s "$RUN_DIR/scratch.sock" "$@"; }

# start_scratch FOLDER: loads FOLDER/dump.rdb; fails where the server does not accept the file, whose checksum it verifies.
start_scratch() {
  mkdir -p "$RUN_DIR"
  [ -s "$1/dump.rdb" ] || return 1
  valkey-server --port 0 --unixsocket "$RUN_DIR/scratch.sock" --dir "$1" --appendonly no --save '' --pidfile '' --loglevel warning >&2 &
  scratch_server=$!
  until [ "$(scratch ping 2>/dev/null)" = PONG ]; do
    kill -0 "$scratch_server" 2>/dev/null || return 1
    sleep 0.2
  done
}

stop_scratch() {
  kill -KILL "$scratch_server"
  wait "$scratch_server" 2>/dev/null || true
}

# counts COMMAND...: what a server holds of each data set, all of one moment: NAME RECORDS WRITES. Writes are 0 where nobody counts them.
counts() {
  {
    echo MULTI
    for name in $DATA_SETS; do printf 'HLEN {%s}:%s\nGET {%s}:%s\n' "$name" "$RECORDS_KEY" "$name" "$VERSION_KEY"; done
    echo EXEC
  } | "$@" | tail -n "$(echo "$DATA_SETS" | awk '{ print 2 * NF }')" | for name in $DATA_SETS; do
    read -r records && read -r writes || return 1
    case $records in '' | *[!0-9]*) return 1 ;; esac
    echo "$name $records ${writes:-0}"
  done
}

# dump HOST USER PASSWORD FOLDER: a snapshot is what a replica gets that leaves after the first transfer.
dump() {
  mkdir -p "$4"
  # shellcheck disable=SC2086 # several words
  REDISCLI_AUTH=$3 valkey-cli $CLI_TLS --no-auth-warning -h "$1" -p "$REDIS_PORT" --user "$2" --rdb "$4/dump.rdb" >&2 ||
    fail "the transfer from $1 failed"
}
