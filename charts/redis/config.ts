import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COUNTED_KEYS, DATA_SETS, PORTS, STORE_LIBRARY } from '../../app/contract.ts';
import { ROOT } from '../../root.ts';
import type { Environment } from '../environments/environment.ts';
import type { BackupTarget, RedisBackup } from '../environments/redis.ts';
import { type AclRole, rolesFile, SENTINEL_DEFAULT_RULES } from './acl.ts';
import { BACKUP_KEYS, REPOSITORY } from './backup-names.ts';
import {
  type OwnRedis,
  requiredReplicas,
  SENTINEL_PRIMARY,
  SENTINEL_QUORUM,
  sentinelHosts,
  serverHosts,
} from './shape.ts';

/** Files of a ConfigMap, by name. */
export type ConfigFiles = Readonly<Record<string, string>>;

/**
 * Times of a failover, in seconds. A primary that answers nobody for `downAfter` is down; with the vote and the promotion writes
 * go on about three seconds later, within the 15 s that the services bridge.
 */
export const FAILOVER_TIMES = {
  downAfter: 5,
  /** One step of a failover may take no longer; a failed one is tried again after twice this. */
  failover: 6,
  /** A primary that stops waits no longer for its successor. */
  handOver: 15,
  /** One question to a server or a Sentinel. */
  ask: 2,
  /** A replica that has not confirmed for so long does not count as connected. */
  replicaLag: 5,
} as const;

/** A file of scripts/, as it is. */
function script(name: string): string {
  return readFileSync(join(ROOT, 'charts/redis/scripts', name), 'utf8');
}

function scripts(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, script(name)]));
}

/** The services' functions, as the servers load them. */
function storeFunctions(): string {
  return readFileSync(join(ROOT, STORE_LIBRARY.file), 'utf8');
}

/** What a server's container reads; a change rolls the servers. */
export function serverFiles(redis: OwnRedis, roles: readonly AclRole[]): ConfigFiles {
  return {
    ...scripts('lib.sh', 'start-redis.sh', 'guard.sh', 'probe.sh'),
    'settings.sh': settings(redis),
    roles: rolesFile(roles),
    'redis.conf': serverConfig(redis),
    'functions.lua': storeFunctions(),
  };
}

/** What a Sentinel's container reads; a change rolls the Sentinels. */
export function sentinelFiles(redis: OwnRedis): ConfigFiles {
  return {
    ...scripts('lib.sh', 'start-sentinel.sh', 'probe.sh'),
    'settings.sh': settings(redis),
    'sentinel.conf': `port ${PORTS.sentinel}\n${script('sentinel.conf')}sentinel announce-port ${PORTS.sentinel}\n`,
  };
}

export interface BackupFilesOptions {
  readonly environment: Environment;
  readonly redis: OwnRedis;
  readonly backup: RedisBackup;
  /** Whose writes a restore rejects for a while. */
  readonly services: readonly AclRole[];
}

/** What the backup and restore jobs read. */
export function backupFiles({ environment, redis, backup, services }: BackupFilesOptions): ConfigFiles {
  return {
    ...scripts('lib.sh', 'jobs.sh', 'backup.sh', 'restore.sh', 'repository.sh'),
    roles: rolesFile(services),
    'settings.sh': settings(redis) + assignments(backupSettings(environment, redis, backup)),
  };
}

function backupSettings({ namespace }: Environment, { container }: OwnRedis, { keep, target }: RedisBackup) {
  return {
    RESTIC_REPOSITORY: repositoryOf(target, namespace),
    AWS_DEFAULT_REGION: target.kind === 's3' ? target.region : '',
    BACKUP_HOST: namespace,
    KEEP: Object.entries(keep)
      .map(([unit, count]) => `--keep-${unit} ${count}`)
      .join(' '),
    DATA_SETS: DATA_SETS.join(' '),
    RECORDS_KEY: COUNTED_KEYS.records,
    VERSION_KEY: COUNTED_KEYS.version,
    BACKUP_VERIFIED_KEY: BACKUP_KEYS.verified,
    BACKUP_RECORDS_KEY: BACKUP_KEYS.records,
    MAX_MEMORY_MIB: container.maxMemoryMiB,
  };
}

/** A folder of the volume, or of the bucket, which several environments may share. */
function repositoryOf(target: BackupTarget, namespace: string): string {
  return target.kind === 'volume' ? REPOSITORY : `s3:${target.endpoint}/${target.bucket}/${namespace}`;
}

function serverConfig(redis: OwnRedis): string {
  const { container, persistence, kind } = redis;
  const lines = [
    `port ${PORTS.redis}`,
    `maxmemory ${container.maxMemoryMiB}mb`,
    `maxclients ${container.maxClients}`,
    ...(persistence.kind === 'volume'
      ? ['appendonly yes', 'appendfsync always', 'no-appendfsync-on-rewrite no']
      : ['appendonly no']),
    ...(kind === 'sentinel'
      ? [
          `min-replicas-to-write ${requiredReplicas(redis)}`,
          `min-replicas-max-lag ${FAILOVER_TIMES.replicaLag}`,
          'repl-backlog-size 32mb',
          // Both replicas usually ask within a second; the default of 5 only prolongs a recovery.
          'repl-diskless-sync-delay 1',
          `replica-announce-port ${PORTS.redis}`,
        ]
      : []),
  ];
  return `${script('redis.conf')}${lines.join('\n')}\n`;
}

/** Values for lib.sh; single quotes, for nothing in them is to be expanded. */
export function settings(redis: OwnRedis): string {
  const values: Record<string, string | number> = {
    MODE: redis.kind,
    DURABILITY: redis.kind === 'sentinel' ? redis.durability : 'all',
    SERVERS: serverHosts(redis).join(' '),
    SENTINELS: sentinelHosts(redis).join(' '),
    PRIMARY_NAME: SENTINEL_PRIMARY,
    QUORUM: SENTINEL_QUORUM,
    FUNCTION_LIBRARY: STORE_LIBRARY.name,
    REDIS_PORT: PORTS.redis,
    SENTINEL_PORT: PORTS.sentinel,
    SENTINEL_DEFAULT_RULES,
    ASK_SECONDS: FAILOVER_TIMES.ask,
    DOWN_AFTER_SECONDS: FAILOVER_TIMES.downAfter,
    FAILOVER_SECONDS: FAILOVER_TIMES.failover,
    HAND_OVER_SECONDS: FAILOVER_TIMES.handOver,
  };
  return assignments(values);
}

function assignments(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}='${value}'\n`)
    .join('');
}
