import { join } from 'node:path';
import { ENV, SECRET_FILES, SERVICE_NEEDS } from '../../contract.ts';
import { keyProblems, MIN_ADMIN_KEY, repeatedKeys } from './admin-keys.ts';
import type { Config } from './config.ts';
import type { SecretValues } from './secrets.ts';

/** The file of each key of these names; the others share one. */
const FILES: Readonly<Record<string, string>> = {
  admin: SECRET_FILES.adminKey,
  'admin-previous': SECRET_FILES.adminKeyPrevious,
};

/** What keeps a service from starting with the secrets that were found: without a key nobody could be let in, and a short one lets everybody in. */
export function secretProblems(config: Config, { adminKeys }: SecretValues): string[] {
  const { service, defaultSecrets, secretsDir } = config;
  if (!SERVICE_NEEDS[service].adminKey) return [];
  const minLength = defaultSecrets ? 1 : MIN_ADMIN_KEY;
  const place = (name: string) => {
    const file = FILES[name] ?? SECRET_FILES.adminKeys;
    const variable = file === SECRET_FILES.adminKeys ? ENV.adminKeys : ENV.adminKey;
    return secretsDir === undefined ? variable : join(secretsDir, file);
  };
  const keys = adminKeys.length === 0 ? [{ name: 'admin', scopes: [], key: '' }] : adminKeys;
  return [
    ...keys.flatMap((key) => keyProblems(key, minLength).map((problem) => `${place(key.name)}: ${problem}`)),
    ...repeatedKeys(adminKeys).map((name) => `${place(name)}: '${name}' comes twice, or with the key of another`),
  ];
}

/** Names of the keys that are accepted only where secrets may be short. */
export function shortKeys(config: Config, { adminKeys }: SecretValues): string[] {
  if (!SERVICE_NEEDS[config.service].adminKey || !config.defaultSecrets) return [];
  return adminKeys.filter(({ key }) => key.length < MIN_ADMIN_KEY).map(({ name }) => name);
}
