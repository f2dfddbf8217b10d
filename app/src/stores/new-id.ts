import { randomHex } from '../runtime/random-id.ts';

/** Digits of base 36 that hold a time in ms until the year 5188. */
const TIME_DIGITS = 9;

/** An id that sorts by the time of its making: the order of ids is then the order in which quotes were added. */
export function newId(now: number = Date.now()): string {
  return `${now.toString(36).padStart(TIME_DIGITS, '0')}-${randomHex(5)}`;
}
