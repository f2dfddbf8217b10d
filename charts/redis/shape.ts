import { DATA_SETS } from '../../app/contract.ts';
import type { EnvironmentWithStore as Environment, Redis } from '../plan/environment.ts';

export const REDIS_NAMES = {
  servers: 'redis',
  sentinels: 'redis-sentinel',
  backup: 'redis-backup',
  restore: 'redis-restore',
} as const;

/** Three of each: the smallest number in which a majority survives the loss of one. */
const GROUP_SIZE = 3;

/** Sentinels that must agree that the primary is down: a majority. */
export const SENTINEL_QUORUM = Math.floor(GROUP_SIZE / 2) + 1;

/** A store that runs in the cluster: everything but `external`. */
export type OwnRedis = Exclude<Redis, { kind: 'external' }>;
export type SentinelRedis = Extract<Redis, { kind: 'sentinel' }>;

/** Whether the store of this environment takes clients with a certificate alone; somebody else's Redis has an authority of its own. */
export function hasTls({ internalTls, redis }: Environment): boolean {
  return internalTls !== undefined && redis.kind !== 'external';
}

export function serverCount(redis: Redis): number {
  if (redis.kind === 'external') return 0;
  return redis.kind === 'sentinel' ? GROUP_SIZE : 1;
}

/** Replicas that must have a write on their disk before it is acknowledged, and that must be connected for a write to be taken. */
export function requiredReplicas(redis: Redis): number {
  if (redis.kind === 'external') return redis.waitReplicas;
  if (redis.kind === 'standalone') return 0;
  return redis.durability === 'all' ? GROUP_SIZE - 1 : SENTINEL_QUORUM - 1;
}

/**
 * Host names of the servers, by ordinal. Short on purpose: the resolver's first search domain, the namespace's own, answers them
 * whatever the cluster's domain is called.
 */
export function serverHosts(redis: Redis): string[] {
  return hosts(REDIS_NAMES.servers, serverCount(redis));
}

/** Host names of the Sentinels, by ordinal; none where nothing fails over. */
export function sentinelHosts(redis: Redis): string[] {
  return redis.kind === 'sentinel' ? hosts(REDIS_NAMES.sentinels, GROUP_SIZE) : [];
}

function hosts(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, ordinal) => `${name}-${ordinal}.${name}`);
}

/** Whether each server gets a node of its own by force: with fewer nodes than servers that would leave one pending for ever. */
export function needsOwnHosts({ redis, budget }: Environment): boolean {
  return redis.kind === 'sentinel' && budget.nodes >= GROUP_SIZE;
}

/** The backups of this choice; null where nothing is backed up, or somebody else does it. */
export function backupOf(redis: Redis) {
  if (redis.kind === 'external' || redis.persistence.kind === 'none') return null;
  return redis.persistence.backup;
}

/** Where the volume of the repository is mounted; nothing where the target is object storage. */
export const REPOSITORY = '/backup';

/** Keys in the store in which a backup says how it ended: the exporter beside each server shows them. */
export const BACKUP_KEYS = {
  /** 1, or 0 where the last snapshot is not what its source held. */
  verified: '{backup}:verified',
  /** With the name of a data set behind it: the records that the last good snapshot holds. */
  records: '{backup}:records:',
} as const;

export function backupKeys(): string[] {
  return [BACKUP_KEYS.verified, ...DATA_SETS.map((name) => `${BACKUP_KEYS.records}${name}`)];
}
