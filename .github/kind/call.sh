#!/usr/bin/env bash
# Asks every service whether it is ready, on the port that no route leads to, then the platform whether it is healthy.
set -euo pipefail

namespace=${NAMESPACE:-quotes-dev}
forwards=()
trap 'kill "${forwards[@]}" 2>/dev/null || true' EXIT

# Forwards a port of a workload, waits until it answers, and leaves the forward running.
forward() {
  kubectl --namespace "$1" port-forward "$2" "$3:$4" >/dev/null &
  forwards+=("$!")
  for _ in $(seq 50); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$3") 2>/dev/null; then return; fi
    sleep 0.2
  done
  echo "$2 does not take connections on $4" >&2
  return 1
}

port=18080
for service in front users quotes search; do
  forward "$namespace" "deployment/$service" "$port" 8080
  echo "$service: $(curl --fail --silent --show-error --max-time 10 "http://127.0.0.1:$port/readyz")"
  port=$((port + 1))
done

forward traefik deployment/traefik 18000 8000
for path in /health /quotes/random /search?keyword=time /; do
  curl --fail --silent --show-error --max-time 10 --retry 5 --retry-all-errors --output /dev/null \
    --header 'Host: quotes.localhost' --write-out "%{http_code} through the Ingress: $path\n" "http://127.0.0.1:18000$path"
done
curl --fail --silent --show-error --max-time 10 --output /dev/null --write-out '%{http_code} through the node port: /health\n' http://127.0.0.1:30080/health
