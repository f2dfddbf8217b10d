#!/usr/bin/env bash
# Deletes the pods of a service one after the other and expects the cluster to replace them, and the others not to notice.
set -euo pipefail

namespace=${NAMESPACE:-quotes-dev}
before=$(kubectl --namespace "$namespace" get pods --selector app.kubernetes.io/name=quotes --output name)
kubectl --namespace "$namespace" delete "$before" --wait=false
kubectl --namespace "$namespace" wait --for=delete "$before" --timeout=2m
kubectl --namespace "$namespace" rollout status deployment/quotes --timeout=2m
after=$(kubectl --namespace "$namespace" get pods --selector app.kubernetes.io/name=quotes --output name)
test "$before" != "$after"
restarts=$(kubectl --namespace "$namespace" get pods --output jsonpath='{range .items[*]}{.metadata.name}={.status.containerStatuses[0].restartCount}{"\n"}{end}')
echo "$restarts"
if grep --quiet --invert-match '=0$' <<<"$restarts"; then
  echo 'a pod was restarted: a liveness probe asks for more than its own process' >&2
  exit 1
fi
