import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COUNTED_KEYS, DATA_SETS, PORTS, STORE_LIBRARY } from '../../app/contract.ts';
import { ROOT } from '../../root.ts';
import type { EnvironmentWithStore as Environment, RedisBackup } from '../plan/environment.ts';
import type { Plan } from '../plan/part.ts';
import { internalRoles, rolesFile, SENTINEL_DEFAULT_RULES, serviceRoles } from './acl.ts';
import {
  BACKUP_KEYS,
  hasTls,
  type OwnRedis,
  REPOSITORY,
  requiredReplicas,
  SENTINEL_QUORUM,
  sentinelHosts,
  serverHosts,
} from './shape.ts';

/** A store that runs in the cluster: what its pods and their files are made from. */
export interface Store {
  readonly environment: Environment;
  readonly redis: OwnRedis;
  readonly plan: Plan;
}

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

function script(name: string): string {
  return readFileSync(join(ROOT, 'charts/redis/scripts', name), 'utf8');
}

/** The scripts of a container, all of which read lib.sh, and that tls.sh where there is TLS inside. */
function scripts({ environment }: Store, ...names: readonly string[]): Record<string, string> {
  const all = ['lib.sh', ...(hasTls(environment) ? ['tls.sh'] : []), ...names];
  return Object.fromEntries(all.map((name) => [name, script(name)]));
}

function storeFunctions(): string {
  return readFileSync(join(ROOT, STORE_LIBRARY.file), 'utf8');
}

/** What a server's container reads; a change rolls the servers. */
export function serverFiles(store: Store): ConfigFiles {
  return {
    ...scripts(store, 'start-redis.sh', 'guard.sh', 'probe.sh'),
    'settings.sh': settings(store),
    roles: rolesFile([...serviceRoles(store.plan.catalog), ...internalRoles(store.environment)]),
    'redis.conf': serverConfig(store.redis),
    'functions.lua': storeFunctions(),
  };
}

/** What a Sentinel's container reads; a change rolls the Sentinels. */
export function sentinelFiles(store: Store): ConfigFiles {
  return {
    ...scripts(store, 'start-sentinel.sh', 'probe.sh'),
    'settings.sh': settings(store),
    'sentinel.conf': `port ${PORTS.sentinel}\n${script('sentinel.conf')}sentinel announce-port ${PORTS.sentinel}\n`,
  };
}

/** What the backup and restore jobs read; a restore rejects the services' writes for a while. */
export function backupFiles(store: Store, backup: RedisBackup): ConfigFiles {
  return {
    ...scripts(store, 'jobs.sh', 'backup.sh', 'restore.sh', 'repository.sh'),
    roles: rolesFile(serviceRoles(store.plan.catalog)),
    'settings.sh': settings(store) + assignments(backupSettings(store, backup)),
  };
}

function backupSettings({ environment: { namespace }, redis: { container } }: Store, { keep, target }: RedisBackup) {
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
function repositoryOf(target: RedisBackup['target'], namespace: string): string {
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

/** Values for lib.sh, in single quotes because nothing in them may be expanded. */
function settings({ redis, plan }: Store): string {
  const values: Record<string, string | number> = {
    MODE: redis.kind,
    DURABILITY: redis.kind === 'sentinel' ? redis.durability : 'all',
    SERVERS: serverHosts(redis).join(' '),
    SENTINELS: sentinelHosts(redis).join(' '),
    PRIMARY_NAME: plan.project.name,
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
