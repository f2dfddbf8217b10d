import { createHash, timingSafeEqual } from 'node:crypto';
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
    const matches = secrets.current.adminKeys.filter((key) => timingSafeEqual(given, digest(key)));
    if (matches.length > 0) return;
  }
  throw new HttpProblem(401, {
    detail: 'Send the admin key as "Authorization: Bearer <key>".',
    headers: { 'WWW-Authenticate': 'Bearer realm="admin"' },
  });
}

/** Equal length for any key, which timingSafeEqual asks for. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
