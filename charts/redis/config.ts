import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PORTS, STORE_LIBRARY } from '../../app/contract.ts';
import { ROOT } from '../../root.ts';
import type { RedisBackup } from '../environments/redis.ts';
import { type AclRole, rolesFile, SENTINEL_DEFAULT_RULES } from './acl.ts';
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

/** Where the restore's own server listens, on its loopback address only. */
const SCRATCH_PORT = 6400;

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

/** What the backup and restore jobs read. */
export function backupFiles(redis: OwnRedis, { keep }: RedisBackup): ConfigFiles {
  return {
    ...scripts('lib.sh', 'backup.sh', 'restore.sh'),
    'settings.sh': `${settings(redis)}KEEP='${keep}'\nSCRATCH_PORT='${SCRATCH_PORT}'\n`,
  };
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
  return Object.entries(values)
    .map(([key, value]) => `${key}='${value}'\n`)
    .join('');
}
