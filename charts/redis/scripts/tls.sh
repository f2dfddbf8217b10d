# shellcheck shell=sh disable=SC2034
# Read by lib.sh where the environment has TLS inside: everybody shows a certificate, clients, replicas, Sentinels and probes.

TLS_DIR=${TLS_DIR:-/run/secrets/tls}
# No path here has a space.
CLI_TLS="--tls --cert $TLS_DIR/tls.crt --key $TLS_DIR/tls.key --cacert $TLS_DIR/ca.crt"

# A server or a Sentinel then has no other port. The guard hears which certificate that was.
tls_directives() {
  certificate_applied=$(certificate_fingerprint)
  export certificate_applied
  echo "port 0"
  echo "tls-port $1"
  echo "tls-cert-file $TLS_DIR/tls.crt"
  echo "tls-key-file $TLS_DIR/tls.key"
  echo "tls-ca-cert-file $TLS_DIR/ca.crt"
  echo "tls-protocols TLSv1.3"
  echo "tls-replication yes"
}

# It changes when the kubelet brings a renewed one.
certificate_fingerprint() { cat "$TLS_DIR"/* | sha256sum; }

# For the guard: connections that are open stay, new ones are shown the renewed certificate.
apply_certificate() {
  fingerprint=$(certificate_fingerprint)
  [ "$fingerprint" != "$certificate_applied" ] || return 0
  # The server keeps the old one where the files do not fit together.
  admin config set tls-cert-file "$TLS_DIR/tls.crt" tls-key-file "$TLS_DIR/tls.key" tls-ca-cert-file "$TLS_DIR/ca.crt" >/dev/null || return 1
  certificate_applied=$fingerprint
  log "new connections are shown the mounted certificate"
}

# No command makes a Sentinel read its certificate again: it is started anew with what it has learnt, and not all at once: the second
# one waits ten seconds, the third twenty.
run_sentinel() {
  ordinal=${HOST%%.*}
  ordinal=${ordinal##*-}
  trap 'end_sentinel; exit 0' TERM INT
  start_sentinel
  while kill -0 "$sentinel" 2>/dev/null; do
    pause 1
    [ "$(certificate_fingerprint)" != "$shown" ] || continue
    pause "$((ordinal * 10))"
    end_sentinel
    prepare
    start_sentinel
    log "new connections are shown the mounted certificate"
  done
  wait "$sentinel"
}

start_sentinel() {
  shown=$(certificate_fingerprint)
  valkey-sentinel "$CONFIG" &
  sentinel=$!
}

end_sentinel() {
  kill -TERM "$sentinel" 2>/dev/null || true
  wait "$sentinel" 2>/dev/null || true
}

# A sleep that a signal ends.
pause() {
  sleep "$1" &
  wait $! || true
}
