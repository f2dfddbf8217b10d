import { randomFillSync } from 'node:crypto';

/** Bytes drawn from the system at once: one draw per id would cost more than the rest of a request's bookkeeping. */
const POOL_BYTES = 8192;

const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

/** Random lower-case hexadecimal digits, two a byte. */
export function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.toString('hex', used, used + bytes);
  used += bytes;
  return id;
}
