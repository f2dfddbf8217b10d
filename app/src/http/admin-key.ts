import { hash, timingSafeEqual } from 'node:crypto';
import type { AdminScope } from '../../contract.ts';
import { type AdminKey, MAX_ADMIN_KEY } from '../runtime/admin-keys.ts';
import type { Secrets } from '../runtime/secrets.ts';
import { HttpProblem } from './problem.ts';

/** The longest key, and the word before it. */
const MAX_HEADER = MAX_ADMIN_KEY + 16;

/**
 * Requires an admin key of a scope as `Authorization: <key>` or `Bearer <key>`.
 * @returns the name of the key
 * @throws HttpProblem 401 that does not tell a missing key from a wrong one, 403 for a key of another scope
 */
export function requireAdminKey(authorization: string | undefined, secrets: Secrets, scope: AdminScope): string {
  const found = authorization === undefined ? undefined : findKey(authorization, secrets.current.adminKeys);
  if (found === undefined) {
    throw new HttpProblem(401, {
      detail: 'Send the admin key as "Authorization: Bearer <key>".',
      headers: { 'WWW-Authenticate': 'Bearer realm="admin"' },
    });
  }
  if (found.scopes.includes(scope)) return found.name;
  throw new HttpProblem(403, { detail: `The key '${found.name}' opens ${found.scopes.join(', ')}, but not ${scope}.` });
}

function findKey(authorization: string, keys: readonly AdminKey[]): AdminKey | undefined {
  if (authorization.length > MAX_HEADER) return undefined;
  const given = digest(authorization.replace(/^Bearer +/i, ''));
  // Every accepted key is compared, so that time tells neither which one matched nor how far.
  const matches = digestsOf(keys).map((key) => timingSafeEqual(given, key));
  return keys[matches.indexOf(true)];
}

/** Of each list of accepted keys; a rotation brings a new list. */
const digests = new WeakMap<readonly AdminKey[], readonly Buffer[]>();

function digestsOf(keys: readonly AdminKey[]): readonly Buffer[] {
  const known = digests.get(keys) ?? keys.map(({ key }) => digest(key));
  digests.set(keys, known);
  return known;
}

/** Equal length for any key, which timingSafeEqual asks for. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
