import type { ContainerSize, Resources } from '../constructs/quantity.ts';
import type { EnvironmentWithStore as Environment } from '../plan/environment.ts';
import { type ResourceDemand as Demand, sumOf } from '../plan/resource-demand.ts';
import { backupOf, needsOwnHosts, type OwnRedis, REDIS_NAMES, serverCount } from './shape.ts';

/** The exporter keeps no history: its size depends on nothing that an environment decides. */
export const EXPORTER_SIZE: ContainerSize = {
  requests: { cpuMillis: 10, memoryMiB: 32, ephemeralMiB: 32 },
  limits: { cpuMillis: 100, memoryMiB: 64, ephemeralMiB: 64 },
};

/** Times the data: two copies as snapshots, one of both databases of a restore, one as commands. */
const WORK_TIMES_DATA = 5;

/** The folder that the steps of a job share. */
export function workMiB({ container }: OwnRedis): number {
  return WORK_TIMES_DATA * container.maxMemoryMiB;
}

/** Each step of a job: a server that loads a snapshot; after a restore, one with what was replaced beside it. */
export function jobSize(redis: OwnRedis): ContainerSize {
  const { requests, limits, maxMemoryMiB } = redis.container;
  const ephemeral = (size: Resources) => (size.ephemeralMiB === null ? null : size.ephemeralMiB + workMiB(redis));
  return {
    requests: { ...requests, ephemeralMiB: ephemeral(requests) },
    limits: {
      ...limits,
      memoryMiB: limits.memoryMiB + maxMemoryMiB,
      ephemeralMiB: ephemeral(limits),
    },
  };
}

/** What the store may ask of the cluster: servers with their exporter, Sentinels, backup and restore jobs; nothing of an external one. */
export function redisDemands(environment: Environment): Demand[] {
  const { redis } = environment;
  if (redis.kind === 'external') return [];
  return [servers(environment, redis), ...sentinels(environment), ...jobs(environment, redis)];
}

function servers(environment: Environment, redis: OwnRedis): Demand {
  const pods = serverCount(redis);
  const exporter = environment.monitoring.kind === 'off' ? [] : [EXPORTER_SIZE];
  return {
    name: REDIS_NAMES.servers,
    namespace: environment.namespace,
    ...always(pods),
    ...sumOf([redis.container, ...exporter]),
    hosts: needsOwnHosts(environment) ? 'exclusive' : 'any',
    claimsGi: redis.persistence.kind === 'volume' ? [redis.persistence.sizeGi] : [],
  };
}

/** Gi of a Sentinel's claim: its configuration is a few KiB, and this is the smallest size that every provisioner grants. */
export const SENTINEL_CLAIM_GI = 1;

function sentinels(environment: Environment): Demand[] {
  const { redis, namespace } = environment;
  if (redis.kind !== 'sentinel') return [];
  return [
    {
      name: REDIS_NAMES.sentinels,
      namespace,
      ...always(serverCount(redis)),
      ...sumOf([redis.sentinelContainer]),
      hosts: needsOwnHosts(environment) ? 'exclusive' : 'any',
      claimsGi: [SENTINEL_CLAIM_GI],
    },
  ];
}

/** A failed pod of a job no longer counts against the quota; a run never overlaps the one before it. */
function jobs({ namespace }: Environment, redis: OwnRedis): Demand[] {
  const backup = backupOf(redis);
  if (backup === null) return [];
  const { target } = backup;
  const once = { namespace, minPods: 0, maxPods: 1, peakPods: 1, hosts: 'any' } as const;
  return [
    { name: REDIS_NAMES.backup, ...once, ...jobSize(redis), claimsGi: target.kind === 'volume' ? [target.sizeGi] : [] },
    { name: REDIS_NAMES.restore, ...once, ...jobSize(redis), claimsGi: [] },
  ];
}

/** A StatefulSet replaces a pod only after the old one is gone: it never has more than it wants. */
function always(pods: number): Pick<Demand, 'minPods' | 'maxPods' | 'peakPods'> {
  return { minPods: pods, maxPods: pods, peakPods: pods };
}
