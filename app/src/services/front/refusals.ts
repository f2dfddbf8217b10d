import { RefusedError } from './calls/call-error.ts';

/** What the key field says after a refusal. */
export const WRONG_KEY = 'This is not the admin key. Nothing was changed.';

/** Whether the service refused because of the key; the page then answers 403, for a 401 would make browsers ask for a password. */
export function isWrongKey(error: unknown): boolean {
  return error instanceof RefusedError && (error.status === 401 || error.status === 403);
}
