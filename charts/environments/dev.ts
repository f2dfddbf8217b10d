import type { EnvironmentWithStore } from '../plan/environment.ts';
import { project } from '../project.ts';
import release from '../releases/dev.json' with { type: 'json' };
import { ANYWHERE, OWN_CLUSTER, TRAEFIK, TRAEFIK_LISTENERS } from './defaults.ts';

/** One replica of everything on one small node, no TLS, values for secrets that are marked as such. */
export const dev: EnvironmentWithStore = {
  name: 'dev',
  namespace: `${project.name}-dev`,
  release,
  logLevel: 'debug',
  seed: true,
  kubernetesVersion: '1.34',
  promisedRate: 1_000,
  budget: {
    nodes: 1,
    zones: 1,
    cpuMillisPerNode: 1_900,
    memoryMiBPerNode: 3_000,
    ephemeralMiBPerNode: 10_240,
    podsPerNode: 100,
    storageGi: 0,
  },
  scaling: { kind: 'fixed', replicas: 1 },
  resources: {
    requests: { kind: 'fixed', cpuMillis: 50, memoryMiB: 64, ephemeralMiB: null },
    limits: { cpuMillis: 500, memoryMiB: 256, ephemeralMiB: null },
  },
  minAvailable: null,
  spread: { hosts: 'none', zones: 'none' },
  rollout: { surgePercent: 100, minReadySeconds: 0, progressDeadlineSeconds: 300 },
  stopping: { drainSeconds: 3, shutdownSeconds: 20, graceSeconds: 30 },
  priority: null,
  placement: ANYWHERE,
  edge: {
    exposure: 'ingress',
    listeners: TRAEFIK_LISTENERS,
    className: 'traefik',
    host: `${project.name}.localhost`,
    tls: { kind: 'none' },
    rateLimit: null,
    trustedProxies: [],
    middlewares: false,
    controller: TRAEFIK,
    nodePort: 30080,
  },
  secrets: { kind: 'literal', prefix: 'dev-' },
  redis: {
    kind: 'standalone',
    persistence: { kind: 'none' },
    container: {
      requests: { cpuMillis: 50, memoryMiB: 64, ephemeralMiB: null },
      limits: { cpuMillis: 500, memoryMiB: 256, ephemeralMiB: null },
      maxMemoryMiB: 128,
      maxClients: 200,
    },
  },
  monitoring: { kind: 'off' },
  sync: { server: OWN_CLUSTER, revision: 'main', windows: [] },
  sizing: {},
};
