import { problemsWhere, when } from '../constructs/lists.ts';
import type { ContainerSize, Resources } from '../constructs/quantity.ts';
import type { AddressRange } from '../constructs/traffic-policy.ts';
import type { BackupTarget, EnvironmentWithStore as Environment, Redis, RedisBackup } from '../plan/environment.ts';
import { type ResourceDemand as Demand, sumOf } from '../plan/resource-demand.ts';
import { backupOf, needsOwnHosts, type OwnRedis, REDIS_NAMES, serverCount } from './shape.ts';

/** The exporter keeps no history: its size depends on nothing that an environment decides. */
export const EXPORTER_SIZE: ContainerSize = {
  requests: { cpuMillis: 10, memoryMiB: 32, ephemeralMiB: 32 },
  limits: { cpuMillis: 100, memoryMiB: 64, ephemeralMiB: 64 },
};

/** Times the data: two copies as snapshots, one of both databases of a restore, one as commands. */
const WORK_TIMES_DATA = 5;

export function workMiB({ container }: OwnRedis): number {
  return WORK_TIMES_DATA * container.maxMemoryMiB;
}

/** Each step of a job: a server that loads a snapshot; after a restore, one with what was replaced beside it. */
export function jobSize(redis: OwnRedis): ContainerSize {
  const { requests, limits, maxMemoryMiB } = redis.container;
  const ephemeral = (size: Resources) => (size.ephemeralMiB === null ? null : size.ephemeralMiB + workMiB(redis));
  return {
    requests: { ...requests, ephemeralMiB: ephemeral(requests) },
    limits: { ...limits, memoryMiB: limits.memoryMiB + maxMemoryMiB, ephemeralMiB: ephemeral(limits) },
  };
}

/** Gi of a Sentinel's claim: its configuration is a few KiB, and this is the smallest size that every provisioner grants. */
export const SENTINEL_CLAIM_GI = 1;

/** What the store may ask of the cluster: servers with their exporter, Sentinels, backup and restore jobs; nothing of an external one. */
export function redisDemands(environment: Environment): Demand[] {
  const { redis, namespace, monitoring } = environment;
  if (redis.kind === 'external') return [];
  const { persistence } = redis;
  const target = backupOf(redis)?.target;
  const hosts = needsOwnHosts(environment) ? 'exclusive' : 'any';
  const [pods, exporter] = [serverCount(redis), when(monitoring.kind !== 'off', EXPORTER_SIZE)];
  // A StatefulSet replaces a pod only after the old one is gone: it never has more than it wants.
  const always = { namespace, minPods: pods, maxPods: pods, peakPods: pods, hosts } as const;
  // A failed pod of a job no longer counts against the quota; a run never overlaps the one before it.
  const once = { namespace, minPods: 0, maxPods: 1, peakPods: 1, hosts: 'any', ...jobSize(redis) } as const;
  return [
    {
      name: REDIS_NAMES.servers,
      ...always,
      ...sumOf([redis.container, ...exporter]),
      claimsGi: persistence.kind === 'volume' ? [persistence.sizeGi] : [],
    },
    ...(redis.kind === 'sentinel'
      ? [{ name: REDIS_NAMES.sentinels, ...always, ...sumOf([redis.sentinelContainer]), claimsGi: [SENTINEL_CLAIM_GI] }]
      : []),
    ...when(
      target !== undefined,
      { name: REDIS_NAMES.backup, ...once, claimsGi: target?.kind === 'volume' ? [target.sizeGi] : [] },
      { name: REDIS_NAMES.restore, ...once, claimsGi: [] },
    ),
  ];
}

/**
 * A rewrite keeps the old base, what was appended since (as much again, before one starts), the new base and what arrives meanwhile.
 * A restore appends the snapshot as commands, and the next base holds both.
 */
const AOF_TIMES_DATA = 6;
/** Pages that change while a forked child writes are held twice; half of the data within one rewrite is a heavy day. */
const FORK_SHARE = 0.5;
/** Backlog and the output buffers of two replicas, which `maxmemory` does not count: `serverConfig` and redis.conf. */
const REPLICATION_MIB = 32 + 2 * 96;

export function redisProblems({ redis }: Environment): string[] {
  return redis.kind === 'external'
    ? externalProblems(redis)
    : [...memoryProblems(redis), ...volumeProblems(redis), ...backupProblems(redis)];
}

function memoryProblems({ kind, container, persistence }: OwnRedis): string[] {
  const { maxMemoryMiB, limits } = container;
  const restore = persistence.kind === 'volume' && persistence.backup !== null ? maxMemoryMiB : 0;
  const fork = persistence.kind === 'volume' ? Math.ceil(maxMemoryMiB * FORK_SHARE) : 0;
  const beside = Math.max(fork, restore);
  const replication = kind === 'sentinel' ? REPLICATION_MIB : 0;
  const needed = maxMemoryMiB + beside + replication;
  if (limits.memoryMiB === null || needed <= limits.memoryMiB) return [];
  return [
    `redis.container: ${maxMemoryMiB}Mi of data + ${beside}Mi for ${restore > 0 ? 'a restore' : 'a fork'} + ${replication}Mi of replication buffers are ${needed}Mi, ` +
      `but the limit is ${limits.memoryMiB}Mi and Redis would be killed; lower maxMemoryMiB or raise the limit`,
  ];
}

function volumeProblems({ container: { maxMemoryMiB }, persistence }: OwnRedis): string[] {
  if (persistence.kind === 'none') return [];
  const needed = AOF_TIMES_DATA * maxMemoryMiB;
  if (needed <= persistence.sizeGi * 1_024) return [];
  return [
    `redis.persistence.sizeGi is ${persistence.sizeGi}, but the AOF of ${maxMemoryMiB}Mi of data may take ${needed}Mi while it is rewritten; ` +
      `give at least ${Math.ceil(needed / 1_024)}`,
  ];
}

function backupProblems(redis: OwnRedis): readonly string[] {
  const backup = backupOf(redis);
  if (backup === null) return [];
  return targetProblems(backup, redis.container.maxMemoryMiB, 'redis.persistence.backup.target');
}

/** Snapshots share what they have in common, but nobody can promise how much that is. */
function targetProblems({ keep, target }: RedisBackup, maxMemoryMiB: number, where: string): readonly string[] {
  if (target.kind === 's3') return endpointProblems(target, where);
  const snapshots = keep.hourly + keep.daily + keep.monthly;
  const needed = (snapshots + 1) * maxMemoryMiB;
  if (needed <= target.sizeGi * 1_024) return [];
  return [
    `${where}: ${snapshots} snapshots and the next one of ${maxMemoryMiB}Mi take up to ${needed}Mi, ` +
      `but sizeGi is ${target.sizeGi}; keep fewer or give at least ${Math.ceil(needed / 1_024)}`,
  ];
}

function endpointProblems({ endpoint, addresses }: Extract<BackupTarget, { kind: 's3' }>, where: string) {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || endpoint !== url.origin) {
    return [`${where}.endpoint is '${endpoint}'; give https://host or https://host:port`];
  }
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  return closedPort(`${where}.endpoint: ${url.hostname}`, port, addresses, `${where}.addresses`);
}

function externalProblems({ target, addresses }: Extract<Redis, { kind: 'external' }>): string[] {
  if (target.kind === 'url') return urlProblems(target.url, addresses);
  if (target.nodes.length === 0) return ['redis.target.nodes is empty; give host:port of some nodes of the cluster'];
  return target.nodes.flatMap((node) => {
    const port = /^[^:/\s]+:(\d+)$/.exec(node)?.[1];
    return port === undefined
      ? [`redis.target.nodes has '${node}'; give host:port`]
      : closedPort(`redis.target.nodes: ${node}`, Number(port), addresses);
  });
}

function urlProblems(given: string, addresses: readonly AddressRange[]): string[] {
  if (!URL.canParse(given) || !/^rediss?:$/.test(new URL(given).protocol)) {
    return [`redis.target.url is no address of a Redis; give redis://host:port or rediss://host:port`];
  }
  const { hostname, port, password } = new URL(given);
  return [
    ...problemsWhere({
      'redis.target.url holds a password, which would stand in git; put it into the secret': password !== '',
    }),
    ...closedPort(`redis.target.url: ${hostname}`, Number(port === '' ? 6_379 : port), addresses),
  ];
}

/** Default deny would cut off what no declared address and port lets through. */
function closedPort(where: string, port: number, addresses: readonly AddressRange[], list = 'redis.addresses') {
  return when(
    !addresses.some(({ ports }) => ports.includes(port)),
    `${where} listens on port ${port}, which ${list} does not let through; add its CIDR with that port`,
  );
}
