import type { EnvironmentWithStore } from '../plan/environment.ts';
import { project } from '../project.ts';
import release from '../releases/staging.json' with { type: 'json' };
import * as defaults from './defaults.ts';

/** The qualification platform: production's shape at a smaller size, with a test issuer. */
export const staging: EnvironmentWithStore = {
  name: 'staging',
  namespace: `${project.name}-staging`,
  release,
  promotion: { signer: defaults.RELEASE_WORKFLOW, after: null },
  logLevel: 'info',
  seed: false,
  kubernetesVersion: '1.34',
  promisedRate: 50,
  budget: {
    nodes: 2,
    zones: 1,
    cpuMillisPerNode: 1_900,
    memoryMiBPerNode: 7_000,
    ephemeralMiBPerNode: 40_000,
    podsPerNode: 100,
    storageGi: 60,
    // One machine of the two carries the minimum; the maximum waits until both are back.
    survives: 'nothing',
  },
  scaling: { kind: 'auto', minReplicas: 2, maxReplicas: 5, ...defaults.AUTOSCALING },
  // Two machines of two cores carry it and one more service of this size, in a rollout at the maximum too.
  resources: {
    ...defaults.MEASURED_RESOURCES,
    requests: { kind: 'measured', minimum: { cpuMillis: 50, memoryMiB: 128, ephemeralMiB: 1_024 } },
  },
  minAvailable: 1,
  spread: { hosts: 'preferred', zones: 'none' },
  rollout: { surgePercent: 20, minReadySeconds: 15, progressDeadlineSeconds: 600 },
  stopping: { drainSeconds: 10, shutdownSeconds: 30, graceSeconds: 60 },
  priority: 10_000,
  placement: defaults.ANYWHERE,
  edge: {
    ...defaults.TRAEFIK_EDGE,
    host: `staging.${project.domain}`,
    tls: {
      kind: 'issuer',
      issuer: 'letsencrypt-staging',
      server: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    },
  },
  secrets: defaults.vaultAs(`${project.name}-staging`),
  redis: {
    kind: 'standalone',
    persistence: {
      kind: 'volume',
      sizeGi: 5,
      storageClass: null,
      backup: {
        schedule: '17 2 * * *',
        keep: { hourly: 1, daily: 7, monthly: 2 },
        target: { kind: 'volume', sizeGi: 10 },
      },
    },
    container: defaults.REDIS_CONTAINER,
  },
  monitoring: {
    ...defaults.monitoringAt(`staging.${project.domain}`),
    prometheusSize: {
      storageGi: 10,
      requests: { cpuMillis: 100, memoryMiB: 512, ephemeralMiB: 128 },
      limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: 512 },
    },
    jaeger: true,
    mail: defaults.mailTo('staging'),
  },
  sync: { server: defaults.OWN_CLUSTER, revision: 'main', windows: [] },
  sizing: {},
};
