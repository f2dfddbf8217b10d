import { timingSafeEqual } from 'node:crypto';
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
  const given = authorization.replace(/^Bearer +/i, '');
  if (given.length > MAX_ADMIN_KEY) return undefined;
  pad(given, scratch);
  // Every accepted key is compared over its full room, so that time tells neither which one matched nor how far.
  const matches = paddedOf(keys).map((key) => timingSafeEqual(scratch, key));
  scratch.fill(0);
  return keys[matches.indexOf(true)];
}

/** Equal length for any key, which timingSafeEqual asks for; a digest took a thirtieth of the time that a new quote takes. */
const scratch = Buffer.alloc(MAX_ADMIN_KEY);

/** Of each list of accepted keys; a rotation brings a new list. */
const padded = new WeakMap<readonly AdminKey[], readonly Buffer[]>();

function paddedOf(keys: readonly AdminKey[]): readonly Buffer[] {
  const known = padded.get(keys) ?? keys.map(({ key }) => pad(key, Buffer.alloc(MAX_ADMIN_KEY)));
  padded.set(keys, known);
  return known;
}

/** Neither a key nor a header has a zero byte. */
function pad(text: string, room: Buffer): Buffer {
  room.fill(0);
  room.write(text, 'latin1');
  return room;
}
