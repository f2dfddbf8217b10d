#!/usr/bin/env bash
# Starts a registry beside the cluster and makes the nodes ask it first for what the manifests call ghcr.io.
set -euo pipefail

cluster=${CLUSTER:-quotes}
docker run --detach --restart=always --name registry --publish 127.0.0.1:5001:5000 registry:2.8.3
docker network connect kind registry
for node in $(kind get nodes --name "$cluster"); do
  docker exec --interactive "$node" bash -c 'mkdir -p /etc/containerd/certs.d/ghcr.io && cat > /etc/containerd/certs.d/ghcr.io/hosts.toml' <<'TOML'
[host."http://registry:5000"]
  capabilities = ["pull", "resolve"]
TOML
done
