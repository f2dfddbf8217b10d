/**
 * Images that others publish, by exact tag, one version of each for every environment.
 * A digest stands here only when its source can be cited; until then the exact tag stands alone.
 */
export const IMAGES = {
  /** Server, Sentinel, valkey-cli and the checkers; BusyBox' sh runs the store's scripts. The suites run the same line: .ci/install-store. */
  redis: 'docker.io/valkey/valkey:8.1.11-alpine',
  /** Runs the steps of the backup jobs that touch the repository. The suites run the same version: .ci/install-backup-programs. */
  restic: 'docker.io/restic/restic:0.18.1',
  redisExporter: 'docker.io/oliver006/redis_exporter:v1.69.0',
  /** Long-term support. Version 3 writes the bucket label `le="1"` as `1.0`: rules match both. */
  prometheus: 'quay.io/prometheus/prometheus:v3.5.0',
  alertmanager: 'quay.io/prometheus/alertmanager:v0.28.1',
  grafana: 'docker.io/grafana/grafana:12.1.1',
  kubeStateMetrics: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0',
  /** On a laptop only: a cluster brings its own ingress controller. */
  traefik: 'docker.io/library/traefik:v3.5.3',
  jaeger: 'docker.io/jaegertracing/jaeger:2.11.0',
} as const;
