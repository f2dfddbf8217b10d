import { randomHex } from '../runtime/random-id.ts';

/** The cursor of a page is the last id before it, in base64url: opaque to clients, and nothing to keep on our side. */
export function encodeCursor(lastId: string): string {
  return Buffer.from(lastId).toString('base64url');
}

/** The id in a cursor, or undefined where the text is none of ours. */
export function decodeCursor(cursor: string): string | undefined {
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id) && encodeCursor(id) === cursor ? id : undefined;
}

/** Digits of base 36 that hold a time in ms until the year 5188. */
const TIME_DIGITS = 9;

/** An id that sorts by the time of its making: the order of ids is then the order in which quotes were added. */
export function newId(now: number = Date.now()): string {
  return `${now.toString(36).padStart(TIME_DIGITS, '0')}-${randomHex(5)}`;
}
