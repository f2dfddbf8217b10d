import type { Environment } from '../environments/environment.ts';
import type { SecretSpec } from '../secrets/secret-spec.ts';
import { type AclRole, ROLES, rolesOf, standbyKey } from './acl.ts';

/** Secrets by who reads them: the services mount the first, only the store's own pods the second. */
export const REDIS_SECRETS = { client: 'redis-client', internal: 'redis-internal' } as const;

/** The Secret in which a role's password is. */
export function secretOf(role: AclRole): string {
  return role === ROLES.application ? REDIS_SECRETS.client : REDIS_SECRETS.internal;
}

/** The Secrets that the store and its clients need here. */
export function redisSecrets(environment: Environment): SecretSpec[] {
  if (environment.redis.kind === 'external') {
    const { passwordKey } = ROLES.application;
    return [{ name: REDIS_SECRETS.client, keys: [{ key: passwordKey, description: 'password of the managed Redis' }] }];
  }
  const internal = rolesOf(environment).filter((role) => role !== ROLES.application);
  return [
    { name: REDIS_SECRETS.client, keys: keysOf(ROLES.application) },
    { name: REDIS_SECRETS.internal, keys: internal.flatMap(keysOf) },
  ];
}

function keysOf(role: AclRole): SecretSpec['keys'] {
  return [
    { key: role.passwordKey, description: role.description },
    { key: standbyKey(role), description: `accepted as well while ${role.passwordKey} is rotated`, optional: true },
  ];
}
