import type { Environment } from '../environments/environment.ts';
import type { Mail } from '../environments/monitoring.ts';
import type { AddressRange } from '../environments/peer.ts';
import type { Redis } from '../environments/redis.ts';
import type { Resources } from '../services/service.ts';
import type { Shape } from './shape.ts';

const RESOURCES: Shape<Resources> = { cpuMillis: 'number', memoryMiB: 'number', ephemeralMiB: { orNull: 'number' } };
const SIZE = { requests: RESOURCES, limits: RESOURCES };
const PEER = { namespace: 'text', podLabels: { mapOf: 'text' } } as const;
const PACE = { windowSeconds: 'number', percent: 'number', periodSeconds: 'number' } as const;
const ADDRESSES: Shape<readonly AddressRange[]> = { listOf: { cidr: 'text', ports: { listOf: 'number' } } };
const VOLUME = {
  sizeGi: 'number',
  storageClass: { orNull: 'text' },
  backup: {
    orNull: {
      schedule: 'text',
      keep: { hourly: 'number', daily: 'number', monthly: 'number' },
      target: {
        byKind: {
          volume: { sizeGi: 'number' },
          s3: { endpoint: 'text', region: 'text', bucket: 'text', addresses: ADDRESSES },
        },
      },
    },
  },
} as const;

const REDIS_CONTAINER = { ...SIZE, maxMemoryMiB: 'number', maxClients: 'number' } as const;
const REDIS: Shape<Redis> = {
  byKind: {
    standalone: { persistence: { byKind: { none: {}, volume: VOLUME } }, container: REDIS_CONTAINER },
    sentinel: {
      durability: { oneOf: { all: true, majority: true } },
      persistence: { byKind: { volume: VOLUME } },
      container: REDIS_CONTAINER,
      sentinelContainer: SIZE,
    },
    external: {
      target: { byKind: { url: { url: 'text' }, cluster: { nodes: { listOf: 'text' } } } },
      username: { orNull: 'text' },
      addresses: ADDRESSES,
      waitReplicas: 'number',
    },
  },
};

const SECRET_STORE = {
  name: 'text',
  provider: {
    byKind: {
      vault: { server: 'text', path: 'text', role: 'text' },
      aws: { region: 'text' },
      gcp: { project: 'text' },
    },
  },
} as const;

const MAIL: Shape<Mail> = {
  host: 'text',
  port: 'number',
  addresses: ADDRESSES,
  user: 'text',
  sender: 'text',
  page: { listOf: 'text' },
  ticket: { listOf: 'text' },
  heartbeat: { orNull: 'text' },
};

const MONITORING: Shape<Environment['monitoring']> = {
  byKind: {
    off: {},
    standalone: {
      retentionDays: 'number',
      prometheusSize: { storageGi: 'number', ...SIZE },
      storageClass: { orNull: 'text' },
      grafana: 'boolean',
      grafanaUrl: 'text',
      jaeger: 'boolean',
      mail: MAIL,
      apiServer: ADDRESSES,
      certManager: { orNull: { ...PEER, service: 'text', port: 'number' } },
    },
    operator: { release: 'text', prometheus: PEER, grafanaUrl: 'text', mail: MAIL },
  },
};

const EDGE: Shape<Environment['edge']> = {
  exposure: { oneOf: { ingress: true, gateway: true } },
  listeners: { http: 'number', https: 'number' },
  className: 'text',
  host: 'text',
  tls: { byKind: { none: {}, issuer: { issuer: 'text', server: 'text' } } },
  rateLimit: { orNull: { requestsPerMinute: 'number', burst: 'number' } },
  middlewares: 'boolean',
  controller: PEER,
  nodePort: { orNull: 'number' },
};

const TOLERATION_EFFECT = { oneOf: { NoSchedule: true, PreferNoSchedule: true, NoExecute: true } } as const;
const SYNC_WINDOW = { schedule: 'text', duration: 'text', timeZone: 'text', manualSync: 'boolean' } as const;

/** The fields of every environment, with those of each variant. */
export const ENVIRONMENT_SHAPE: Shape<Environment> = {
  name: 'text',
  namespace: 'text',
  release: { tag: 'text', digest: { orNull: 'text' } },
  logLevel: { oneOf: { debug: true, info: true, warn: true, error: true } },
  seed: 'boolean',
  budget: {
    nodes: 'number',
    cpuMillisPerNode: 'number',
    memoryMiBPerNode: 'number',
    ephemeralMiBPerNode: 'number',
    podsPerNode: 'number',
    storageGi: 'number',
  },
  scaling: {
    byKind: {
      fixed: { replicas: 'number' },
      auto: {
        floor: 'number',
        ceiling: 'number',
        cpuPercent: 'number',
        memoryPercent: 'number',
        scaleDown: PACE,
        scaleUp: PACE,
      },
    },
  },
  resources: { requests: { byKind: { fixed: RESOURCES, measured: { floor: RESOURCES } } }, limits: RESOURCES },
  minAvailable: { orNull: 'number' },
  spread: {
    hosts: { oneOf: { none: true, preferred: true, required: true } },
    zones: { oneOf: { none: true, preferred: true } },
  },
  rollout: { surgePercent: 'number', minReadySeconds: 'number', progressDeadlineSeconds: 'number' },
  stopping: { drainSeconds: 'number', shutdownSeconds: 'number', graceSeconds: 'number' },
  priority: { orNull: 'number' },
  placement: {
    nodeSelector: { mapOf: 'text' },
    tolerations: { listOf: { key: 'text', value: 'text', effect: TOLERATION_EFFECT } },
    affinity: 'anything',
  },
  edge: EDGE,
  secrets: {
    byKind: {
      literal: { values: { mapOf: 'text' } },
      external: {
        store: { byKind: { SecretStore: SECRET_STORE, ClusterSecretStore: SECRET_STORE } },
        refreshInterval: 'text',
      },
    },
  },
  redis: REDIS,
  monitoring: MONITORING,
  sync: {
    server: 'text',
    revision: 'text',
    windows: { listOf: { byKind: { allow: SYNC_WINDOW, deny: SYNC_WINDOW } } },
  },
  sizing: {
    mapOf: {
      floor: { optional: 'number' },
      ceiling: { optional: 'number' },
      requests: { optional: RESOURCES },
      limits: { optional: RESOURCES },
    },
  },
};
