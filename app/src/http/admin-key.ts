import { hash, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../runtime/secrets.ts';
import { HttpProblem } from './problem.ts';

/** Longer headers are refused unread: hashing must not be a client's lever. */
const MAX_HEADER = 1024;

/**
 * Requires the admin key as `Authorization: <key>` or `Bearer <key>`.
 * @throws HttpProblem 401 that does not tell a missing key from a wrong one
 */
export function requireAdminKey(authorization: string | undefined, secrets: Secrets): void {
  if (authorization !== undefined && authorization.length <= MAX_HEADER) {
    const given = digest(authorization.replace(/^Bearer +/i, ''));
    // Every accepted key is compared, so that time tells neither which one matched nor how far.
    const matches = digestsOf(secrets.current.adminKeys).filter((key) => timingSafeEqual(given, key));
    if (matches.length > 0) return;
  }
  throw new HttpProblem(401, {
    detail: 'Send the admin key as "Authorization: Bearer <key>".',
    headers: { 'WWW-Authenticate': 'Bearer realm="admin"' },
  });
}

/** Of each list of accepted keys; a rotation brings a new list. */
const digests = new WeakMap<readonly string[], readonly Buffer[]>();

function digestsOf(keys: readonly string[]): readonly Buffer[] {
  const known = digests.get(keys) ?? keys.map(digest);
  digests.set(keys, known);
  return known;
}

/** Equal length for any key, which timingSafeEqual asks for. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
