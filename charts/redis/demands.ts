import type { Demand } from '../demand.ts';
import type { Environment } from '../environments/environment.ts';
import type { Resources } from '../services/service.ts';
import { backupOf, needsOwnHosts, type OwnRedis, REDIS_NAMES, serverCount } from './shape.ts';

export interface ContainerSize {
  readonly requests: Resources;
  readonly limits: Resources;
}

/** The exporter keeps no history: its size depends on nothing that an environment decides. */
export const EXPORTER_SIZE: ContainerSize = {
  requests: { cpuMillis: 10, memoryMiB: 32, ephemeralMiB: 32 },
  limits: { cpuMillis: 100, memoryMiB: 64, ephemeralMiB: 64 },
};

/** redis-cli streams the snapshot to the volume and redis-check-rdb reads it in one pass: neither holds it in memory. */
export const BACKUP_SIZE: ContainerSize = {
  requests: { cpuMillis: 50, memoryMiB: 64, ephemeralMiB: 32 },
  limits: { cpuMillis: 500, memoryMiB: 256, ephemeralMiB: 64 },
};

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
    ...sum([redis.container, ...exporter]),
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
      ...sum([redis.sentinelContainer]),
      hosts: needsOwnHosts(environment) ? 'exclusive' : 'any',
      claimsGi: [SENTINEL_CLAIM_GI],
    },
  ];
}

/** A failed pod of a job no longer counts against the quota; a run never overlaps the one before it. */
function jobs({ namespace }: Environment, redis: OwnRedis): Demand[] {
  const backup = backupOf(redis);
  if (backup === null) return [];
  const once = { namespace, floorPods: 0, ceilingPods: 1, peakPods: 1, hosts: 'any' } as const;
  return [
    { name: REDIS_NAMES.backup, ...once, ...sum([BACKUP_SIZE]), claimsGi: [backup.sizeGi] },
    { name: REDIS_NAMES.restore, ...once, ...sum([redis.container]), claimsGi: [] },
  ];
}

/** A StatefulSet replaces a pod only after the old one is gone: it never has more than it wants. */
function always(pods: number): Pick<Demand, 'floorPods' | 'ceilingPods' | 'peakPods'> {
  return { floorPods: pods, ceilingPods: pods, peakPods: pods };
}

function sum(sizes: readonly ContainerSize[]): ContainerSize {
  const add = (kind: keyof ContainerSize): Resources => ({
    cpuMillis: sizes.reduce((total, size) => total + size[kind].cpuMillis, 0),
    memoryMiB: sizes.reduce((total, size) => total + size[kind].memoryMiB, 0),
    ephemeralMiB: sizes.every((size) => size[kind].ephemeralMiB === null)
      ? null
      : sizes.reduce((total, size) => total + (size[kind].ephemeralMiB ?? 0), 0),
  });
  return { requests: add('requests'), limits: add('limits') };
}
