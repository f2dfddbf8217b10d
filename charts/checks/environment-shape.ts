import type { Environment } from '../environments/environment.ts';
import type { Mail } from '../environments/monitoring.ts';
import type { Redis } from '../environments/redis.ts';
import type { Resources } from '../services/service.ts';
import type { Shape } from './shape.ts';

const RESOURCES: Shape<Resources> = { cpuMillis: true, memoryMiB: true, ephemeralMiB: true };
const SIZE = { requests: RESOURCES, limits: RESOURCES };
const PEER = { namespace: true, podLabels: true } as const;
const PACE = { windowSeconds: true, percent: true, periodSeconds: true } as const;
const PERSISTENCE = {
  byKind: {
    none: {},
    volume: { sizeGi: true, storageClass: true, backup: { schedule: true, keep: true, sizeGi: true } },
  },
} as const;

const REDIS_CONTAINER = { ...SIZE, maxMemoryMiB: true, maxClients: true } as const;
const REDIS: Shape<Redis> = {
  byKind: {
    standalone: { persistence: PERSISTENCE, container: REDIS_CONTAINER },
    sentinel: { persistence: PERSISTENCE, container: REDIS_CONTAINER, sentinelContainer: SIZE },
    external: {
      target: { byKind: { url: { url: true }, cluster: { nodes: true } } },
      username: true,
      addresses: true,
      waitReplicas: true,
    },
  },
};

const SECRET_STORE = {
  name: true,
  provider: {
    byKind: { vault: { server: true, path: true, role: true }, aws: { region: true }, gcp: { project: true } },
  },
} as const;

const MAIL: Shape<Mail> = {
  host: true,
  port: true,
  addresses: true,
  user: true,
  sender: true,
  page: true,
  ticket: true,
  heartbeat: true,
};

/** The fields of every environment, with those of each variant. */
export const ENVIRONMENT_SHAPE: Shape<Environment> = {
  name: true,
  namespace: true,
  release: { tag: true, digest: true },
  logLevel: true,
  seed: true,
  budget: {
    nodes: true,
    cpuMillisPerNode: true,
    memoryMiBPerNode: true,
    ephemeralMiBPerNode: true,
    podsPerNode: true,
    storageGi: true,
  },
  scaling: {
    byKind: {
      fixed: { replicas: true },
      auto: { floor: true, ceiling: true, cpuPercent: true, memoryPercent: true, scaleDown: PACE, scaleUp: PACE },
    },
  },
  resources: {
    requests: { byKind: { fixed: RESOURCES, measured: { floor: RESOURCES } } },
    limits: RESOURCES,
  },
  minAvailable: true,
  spread: { hosts: true, zones: true },
  rollout: { surgePercent: true, minReadySeconds: true, progressDeadlineSeconds: true },
  stopping: { drainSeconds: true, shutdownSeconds: true, graceSeconds: true },
  priority: true,
  placement: { nodeSelector: true, tolerations: true, affinity: true },
  edge: {
    exposure: true,
    listeners: { http: true, https: true },
    className: true,
    host: true,
    tls: { byKind: { none: {}, issuer: { issuer: true, server: true } } },
    rateLimit: { requestsPerMinute: true, burst: true },
    middlewares: true,
    controller: PEER,
    nodePort: true,
  },
  secrets: {
    byKind: {
      literal: { values: true },
      external: {
        store: { byKind: { SecretStore: SECRET_STORE, ClusterSecretStore: SECRET_STORE } },
        refreshInterval: true,
      },
    },
  },
  redis: REDIS,
  monitoring: {
    byKind: {
      off: {},
      standalone: {
        retentionDays: true,
        prometheusSize: { storageGi: true, ...SIZE },
        storageClass: true,
        grafana: true,
        grafanaUrl: true,
        jaeger: true,
        mail: MAIL,
        apiServer: true,
        certManager: { ...PEER, service: true, port: true },
      },
      operator: { release: true, prometheus: PEER, grafanaUrl: true, mail: MAIL },
    },
  },
  sync: { server: true, revision: true, windows: true },
  sizing: true,
};
