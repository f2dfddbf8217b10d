import { join } from 'node:path';
import { ENV, SECRET_FILES } from '../../contract.ts';
import { type Config, MIN_ADMIN_KEY } from './config.ts';
import { SERVICE_NEEDS } from './needs.ts';
import type { SecretValues } from './secrets.ts';

/** What keeps a service from starting with the secrets that were found: without a key nobody could be let in, and a short one lets everybody in. */
export function secretProblems(config: Config, { adminKeys }: SecretValues): string[] {
  const { service, defaultSecrets, secretsDir } = config;
  if (defaultSecrets || !SERVICE_NEEDS[service].adminKey) return [];
  const [key = '', previous] = adminKeys;
  const place = (file: string) => (secretsDir === undefined ? ENV.adminKey : join(secretsDir, file));
  return [
    ...problemsOf(place(SECRET_FILES.adminKey), key),
    ...(previous === undefined ? [] : problemsOf(place(SECRET_FILES.adminKeyPrevious), previous)),
  ];
}

function problemsOf(place: string, key: string): string[] {
  if (key.length >= MIN_ADMIN_KEY) return [];
  const fault = key === '' ? 'is missing or empty' : `has ${key.length} characters`;
  return [`${place}: ${fault}; give an admin key of at least ${MIN_ADMIN_KEY} characters`];
}
