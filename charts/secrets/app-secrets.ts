import { SECRET_FILES } from '../../app/contract.ts';
import type { SecretFiles } from '../constructs/pod-template.ts';
import type { Environment } from '../environments/environment.ts';
import { passwordKeyOf, REDIS_SECRETS } from '../redis/secrets.ts';
import type { ServiceSpec } from '../services/service.ts';
import type { SecretSpec } from './secret-spec.ts';

/** The key that opens writes and /users; the previous one works too while a rotation goes on. */
export const ADMIN_KEY: SecretSpec = {
  name: 'admin-key',
  keys: [
    { key: SECRET_FILES.adminKey, description: 'opens writes and the whole of /users' },
    { key: SECRET_FILES.adminKeyPrevious, description: 'the admin key before a rotation', optional: true },
    { key: SECRET_FILES.adminKeys, description: 'named keys, one a line: name, scopes, key', optional: true },
  ],
};

/** The files that a service finds in its secrets folder: only what it uses. */
export function secretFilesOf(service: ServiceSpec, environment: Environment): SecretFiles[] {
  return [
    ...(service.checksAdminKey
      ? [
          { secret: ADMIN_KEY.name, keys: [SECRET_FILES.adminKey], optional: false },
          { secret: ADMIN_KEY.name, keys: [SECRET_FILES.adminKeyPrevious], optional: true },
          { secret: ADMIN_KEY.name, keys: [SECRET_FILES.adminKeys], optional: true },
        ]
      : []),
    ...(service.calls.includes('redis')
      ? [
          {
            secret: REDIS_SECRETS.client,
            keys: [passwordKeyOf(service, environment)],
            path: SECRET_FILES.redisPassword,
            optional: false,
          },
        ]
      : []),
  ];
}
