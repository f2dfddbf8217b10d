import { SECRET_FILES } from '../../app/contract.ts';
import type { EnvironmentWithStore as Environment, RedisBackup } from '../plan/environment.ts';
import type { SecretSpec } from '../plan/part.ts';
import type { ServiceSpec } from '../plan/service-spec.ts';
import { type AclRole, internalRoles, ROLES, serviceRoles, standbyKey } from './acl.ts';
import { backupOf } from './shape.ts';

/** Secrets by who reads them: of the first a service mounts its own key, the second only the store's own pods, the third only restic's containers. */
export const REDIS_SECRETS = { client: 'redis-client', internal: 'redis-internal', backup: 'redis-backup' } as const;

/** The Secret in which a role's password is. */
export function secretOf(role: AclRole): string {
  return Object.values<AclRole>(ROLES).includes(role) ? REDIS_SECRETS.internal : REDIS_SECRETS.client;
}

/** The Secrets that the store and its clients need here. */
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
  const s3 = [
    { key: 's3-access-key', description: 'access key of the bucket with the backups' },
    { key: 's3-secret-key', description: 'its secret key' },
  ];
  return {
    name: REDIS_SECRETS.backup,
    keys: [
      { key: 'restic-password', description: 'password with which restic encrypts the backups; keep a copy elsewhere' },
      ...(target.kind === 's3' ? s3 : []),
    ],
  };
}

function keysOf(role: AclRole): SecretSpec['keys'] {
  return [
    { key: role.passwordKey, description: role.description },
    { key: standbyKey(role), description: `accepted as well while ${role.passwordKey} is rotated`, optional: true },
  ];
}
