#!/bin/sh
# repository.sh keep TAG | settle | fetch: the steps in restic's image.
. "${CONFIG_DIR:-/etc/redis}/jobs.sh"

# The tests have the volume elsewhere.
RESTIC_REPOSITORY=${REPOSITORY_DIR:-$RESTIC_REPOSITORY}
export RESTIC_REPOSITORY RESTIC_PASSWORD_FILE="$SECRETS_DIR/restic-password" TMPDIR="$WORK_DIR" AWS_DEFAULT_REGION
if [ -s "$SECRETS_DIR/s3-access-key" ]; then
  AWS_ACCESS_KEY_ID=$(secret s3-access-key)
  AWS_SECRET_ACCESS_KEY=$(secret s3-secret-key)
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
fi

# Pods do not live long enough for a cache. Another job's lock goes with it, or is stale after half an hour.
repository() { restic --no-cache --quiet --retry-lock 10m "$@" >&2; }

first_id() { sed -n 's/.*"'"$1"'":"\([0-9a-f]\{64\}\)".*/\1/p' "$2" | head -n 1; }

# give_back SNAPSHOT: fails where any of its bytes is not what was kept.
give_back() { repository restore "$1:/kept" --target "$FETCHED"; }

keep() {
  status=0
  restic --no-cache cat config >/dev/null 2>&1 || status=$?
  # 10: there is no repository yet.
  [ "$status" != 10 ] || repository init
  repository unlock
  cd "$WORK_DIR" || exit
  restic --no-cache --quiet --retry-lock 10m backup kept --host "$BACKUP_HOST" --tag "$1" --json >summary || fail "restic could not keep it"
  first_id snapshot_id summary >snapshot
  rm -rf "$KEPT" "$FETCHED"
  give_back "$(cat snapshot)" || echo "restic cannot give back what it kept" >problem
}

# Only what was verified counts as a backup. What a restore replaced stays for a quarter of a year.
settle() {
  repository unlock
  repository tag --set verified "$(cat "$WORK_DIR/snapshot")"
  # Nothing is removed from a repository that may need all that it has.
  repository check --read-data-subset=10% || fail "the repository is damaged: older backups may be lost"
  repository forget --host "$BACKUP_HOST" --tag unverified --unsafe-allow-remove-all
  repository forget --host "$BACKUP_HOST" --tag replaced --keep-within 90d
  # shellcheck disable=SC2086 # one word an option
  repository forget --host "$BACKUP_HOST" --tag verified --group-by host $KEEP --prune
}

# Whoever was killed in the middle left a lock; the runbook suspends the backups first.
fetch() {
  repository unlock --remove-all
  [ "$SNAPSHOT" != latest ] || set -- --host "$BACKUP_HOST" --tag verified
  restic --no-cache snapshots "$SNAPSHOT" "$@" --json >"$WORK_DIR/found" || true
  first_id id "$WORK_DIR/found" >"$WORK_DIR/snapshot"
  [ -s "$WORK_DIR/snapshot" ] || fail "no snapshot '$SNAPSHOT'; there are: $(restic --no-cache snapshots --compact)"
  give_back "$(cat "$WORK_DIR/snapshot")" || fail "$SNAPSHOT is damaged: choose another one"
}

umask 077
[ ! -e "$WORK_DIR/done" ] || exit 0
"$@"
