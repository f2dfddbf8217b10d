import type { EnvironmentWithStore } from '../plan/environment.ts';
import { project } from '../project.ts';
import release from '../releases/production.json' with { type: 'json' };
import * as defaults from './defaults.ts';

/** What people use: spread over hosts and zones, three to twenty pods a service, Redis that survives the loss of a pod. */
export const production: EnvironmentWithStore = {
  name: 'production',
  namespace: `${project.name}-production`,
  release,
  promotion: { signer: defaults.RELEASE_WORKFLOW, after: { environment: 'staging', hours: 24 } },
  logLevel: 'info',
  seed: false,
  kubernetesVersion: '1.34',
  promisedRate: 1_000,
  budget: {
    nodes: 12,
    zones: 3,
    cpuMillisPerNode: 7_800,
    memoryMiBPerNode: 30_000,
    ephemeralMiBPerNode: 90_000,
    podsPerNode: 100,
    storageGi: 250,
  },
  scaling: { kind: 'auto', minReplicas: 3, maxReplicas: 20, ...defaults.AUTOSCALING },
  resources: defaults.MEASURED_RESOURCES,
  minAvailable: 2,
  spread: { hosts: 'required', zones: 'preferred' },
  rollout: { surgePercent: 10, minReadySeconds: 15, progressDeadlineSeconds: 900 },
  stopping: { drainSeconds: 10, shutdownSeconds: 30, graceSeconds: 60 },
  priority: 100_000,
  placement: defaults.ANYWHERE,
  edge: {
    ...defaults.TRAEFIK_EDGE,
    host: project.domain,
    tls: {
      kind: 'issuer',
      issuer: 'letsencrypt-production',
      server: 'https://acme-v02.api.letsencrypt.org/directory',
    },
  },
  secrets: defaults.vaultAs(`${project.name}-production`),
  redis: {
    kind: 'sentinel',
    durability: 'all',
    persistence: {
      kind: 'volume',
      sizeGi: 10,
      storageClass: null,
      backup: {
        schedule: '17 * * * *',
        keep: { hourly: 48, daily: 14, monthly: 6 },
        target: { kind: 'volume', sizeGi: 50 },
      },
    },
    container: defaults.REDIS_CONTAINER,
    sentinelContainer: {
      requests: { cpuMillis: 50, memoryMiB: 32, ephemeralMiB: 64 },
      limits: { cpuMillis: 200, memoryMiB: 64, ephemeralMiB: 128 },
    },
  },
  monitoring: {
    ...defaults.monitoringAt(project.domain),
    prometheusSize: {
      storageGi: 50,
      requests: { cpuMillis: 250, memoryMiB: 1_024, ephemeralMiB: 128 },
      limits: { cpuMillis: 2_000, memoryMiB: 2_048, ephemeralMiB: 512 },
    },
    jaeger: false,
    mail: defaults.mailTo('production'),
  },
  sync: {
    server: defaults.OWN_CLUSTER,
    revision: 'main',
    // From Friday 16:00 to Monday 07:00 nothing arrives by itself: fewer people would see it fail.
    windows: [{ kind: 'deny', schedule: '0 16 * * 5', duration: '63h', timeZone: 'Etc/UTC', manualSync: true }],
  },
  sizing: {},
};
