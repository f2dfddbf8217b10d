import { join } from 'node:path';
import { ENV, SECRET_FILES } from '../../contract.ts';
import { type Config, MIN_ADMIN_KEY } from './config.ts';
import { SERVICE_NEEDS } from './needs.ts';
import type { SecretValues } from './secrets.ts';

/** What keeps a service from starting with the secrets that were found: without a key nobody could be let in, and a short one lets everybody in. */
export function secretProblems(config: Config, { adminKeys: [key = ''] }: SecretValues): string[] {
  const { service, environment, secretsDir } = config;
  if (environment === 'dev' || !SERVICE_NEEDS[service].adminKey || key.length >= MIN_ADMIN_KEY) return [];
  const place = secretsDir === undefined ? ENV.adminKey : join(secretsDir, SECRET_FILES.adminKey);
  const fault = key === '' ? 'is missing or empty' : `has ${key.length} characters`;
  return [`${place}: ${fault}; give an admin key of at least ${MIN_ADMIN_KEY} characters`];
}
