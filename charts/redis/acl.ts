import { COUNTED_KEYS, DATA_SETS, FOLLOWED_KEYS, SECRET_FILES } from '../../app/contract.ts';
import { when } from '../constructs/lists.ts';
import type { EnvironmentWithStore as Environment, RedisBackup } from '../plan/environment.ts';
import type { SecretSpec } from '../plan/part.ts';
import { clientsOf, namedConnections, type ServiceSpec } from '../plan/service-spec.ts';
import { backupOf } from './shape.ts';

/** One user of the servers: who it is, which file holds its password, and what it may do. */
export interface AclRole {
  readonly user: string;
  /** Key in the Secret and name of the mounted file; `<key>-standby`, where it exists, is accepted as well. */
  readonly passwordKey: string;
  readonly description: string;
  /** Rules of ACL SETUSER, applied in order to a user that can do nothing. */
  readonly rules: string;
}

export const STORE = 'redis';

/** What a client of ours sends before its first command, and to see that the server is there. */
const CONNECT = '+ping +info +select +client|setname +client|setinfo';
const READ = '+get +hget +hmget +hexists +hlen +hrandfield +zcard +zrangebylex +xrange +xrevrange';
/** What the functions of app/store-functions.lua run, with the rights of whoever calls them, and how a write is confirmed. */
const WRITE = '+incrby +incr +set +del +hset +hdel +zadd +zrem +xadd +fcall +wait +waitaof';
/** Values that expire; hmget is how a client asks whether the store serves. */
const KEEP = '+get +hmget +set +del';

/**
 * The user of one service, called as it is. Commands are listed one by one: none administers, scripts, blocks or looks beyond the keys
 * of the data sets that the service declares.
 */
function serviceRole(service: ServiceSpec): AclRole {
  const { name } = service;
  const sets = namedConnections(service).flatMap(({ to, rights = {} }) => (to === STORE ? Object.entries(rights) : []));
  const rights = sets.map(([, right]) => right);
  const keys = sets.flatMap(([set, right]) =>
    right === 'follow' ? FOLLOWED_KEYS.map((key) => `%R~{${set}}:${key}`) : [`~{${set}}:*`],
  );
  const commands = [
    ...when(
      rights.some((right) => right !== 'keep'),
      READ,
    ),
    ...when(rights.includes('write'), WRITE),
    ...when(rights.includes('keep'), KEEP),
  ];
  return {
    user: name,
    passwordKey: `redis-${name}-password`,
    description: `password of the Redis user \`${name}\`, of the service of that name`,
    rules: [...keys, 'resetchannels', CONNECT, ...commands].join(' '),
  };
}

/** The users of the services that keep something in the store, or follow it. */
export function serviceRoles(catalog: readonly ServiceSpec[]): AclRole[] {
  return clientsOf(STORE, catalog).map(serviceRole);
}

const COUNTED = DATA_SETS.flatMap((set) => Object.values(COUNTED_KEYS).map((key) => `%R~{${set}}:${key}`));

export const ROLES = {
  /** A replica at its primary: exactly what the replication handshake sends. */
  replica: {
    user: 'replica',
    passwordKey: 'redis-replica-password',
    description: 'password of the Redis user `replica`, with which replicas log in to their primary',
    rules: '+psync +replconf +ping',
  },
  /** A Sentinel at a server: the list of the Sentinel documentation, on its one channel. */
  sentinel: {
    user: 'sentinel',
    passwordKey: 'redis-sentinel-password',
    description: 'password with which Sentinels log in to the servers and to each other',
    rules:
      'resetchannels &__sentinel__:hello +multi +exec +slaveof +ping +subscribe +publish +info +role +config|rewrite ' +
      '+client|setname +client|kill +script|kill',
  },
  /** Figures only: no record, no configuration (it would show the replica's password); how the last backup ended. */
  exporter: {
    user: 'exporter',
    passwordKey: 'redis-exporter-password',
    description: 'password of the Redis user `exporter`, which reads figures for the monitoring',
    rules:
      '%R~{backup}:* +type +get +strlen +ping +info +select +client|setname +slowlog|get +slowlog|len +latency|latest +latency|histogram',
  },
  /** A snapshot is a replica that leaves after the first transfer; it is compared with counts of the same server, and the result is recorded. */
  backup: {
    user: 'backup',
    passwordKey: 'redis-backup-password',
    description: 'password of the Redis user `backup`, which takes snapshots',
    rules: `${COUNTED.join(' ')} ~{backup}:* +ping +info +sync +psync +replconf +multi +exec +hlen +get +mset`,
  },
  /** The store's own scripts and the person on call: everything. No service and no job but the restore mounts it. */
  admin: {
    user: 'admin',
    passwordKey: 'redis-admin-password',
    description: 'password of the Redis user `admin`, for the scripts of the store and the person on call',
    rules: '~* &* +@all',
  },
} as const satisfies Readonly<Record<string, AclRole>>;

/** The store's own users in this environment; `default` is off. */
export function internalRoles({ redis, monitoring }: Environment): AclRole[] {
  if (redis.kind === 'external') return [];
  return [
    ROLES.admin,
    ...when<AclRole>(redis.kind === 'sentinel', ROLES.replica, ROLES.sentinel),
    ...when(monitoring.kind !== 'off', ROLES.exporter),
    ...when(backupOf(redis) !== null, ROLES.backup),
  ];
}

/** The key under which a role's second accepted password is kept during a rotation. */
export function standbyKey(role: AclRole): string {
  return `${role.passwordKey}-standby`;
}

/** The rules as the scripts read them: one line a role, `user|passwordKey|rules`. */
export function rolesFile(roles: readonly AclRole[]): string {
  return roles.map(({ user, passwordKey, rules }) => `${user}|${passwordKey}|${rules}\n`).join('');
}

/**
 * Users of a Sentinel itself. Anybody who may connect can ask who the primary is and listen for a change; what alters something
 * needs the Sentinels' password.
 */
export const SENTINEL_DEFAULT_RULES =
  'resetkeys allchannels -@all +@connection -@admin -@dangerous +ping +info +role +subscribe +psubscribe +unsubscribe +punsubscribe ' +
  '+sentinel|get-master-addr-by-name +sentinel|sentinels +sentinel|replicas +sentinel|slaves +sentinel|master +sentinel|ckquorum';

/** Secrets by who reads them: of the first a service mounts its own key, the second only the store's own pods, the third only restic's containers. */
export const REDIS_SECRETS = { client: 'redis-client', internal: 'redis-internal', backup: 'redis-backup' } as const;

export function secretOf(role: AclRole): string {
  return Object.values<AclRole>(ROLES).includes(role) ? REDIS_SECRETS.internal : REDIS_SECRETS.client;
}

export function redisSecrets(environment: Environment, catalog: readonly ServiceSpec[]): SecretSpec[] {
  if (environment.redis.kind === 'external') {
    const key = SECRET_FILES.redisPassword;
    return [{ name: REDIS_SECRETS.client, keys: [{ key, description: 'password of the managed Redis' }] }];
  }
  const backup = backupOf(environment.redis);
  return [
    { name: REDIS_SECRETS.client, keys: serviceRoles(catalog).flatMap(keysOf) },
    { name: REDIS_SECRETS.internal, keys: internalRoles(environment).flatMap(keysOf) },
    ...(backup === null ? [] : [backupSecret(backup)]),
  ];
}

/** The key of `redis-client` that a service mounts: its own, or the one password of somebody else's Redis. */
export function passwordKeyOf(service: ServiceSpec, { redis }: Environment): string {
  const [role] = serviceRoles([service]);
  return redis.kind === 'external' || role === undefined ? SECRET_FILES.redisPassword : role.passwordKey;
}

/** What opens the repository. Keep a copy of the password outside the cluster: without it no backup can be read. */
export function backupSecret({ target }: RedisBackup): SecretSpec {
  return {
    name: REDIS_SECRETS.backup,
    keys: [
      { key: 'restic-password', description: 'password with which restic encrypts the backups; keep a copy elsewhere' },
      ...when(
        target.kind === 's3',
        { key: 's3-access-key', description: 'access key of the bucket with the backups' },
        { key: 's3-secret-key', description: 'its secret key' },
      ),
    ],
  };
}

function keysOf(role: AclRole): SecretSpec['keys'] {
  return [
    { key: role.passwordKey, description: role.description },
    { key: standbyKey(role), description: `accepted as well while ${role.passwordKey} is rotated`, optional: true },
  ];
}
