/** An entry is a number (of a document, or of a word) in its upper 24 bits and an impact in its lower eight. */
export const NUMBER_SHIFT = 8;
export const IMPACT_MASK = 0xff;

export function entryOf(number: number, impact: number): number {
  return ((number << NUMBER_SHIFT) | impact) >>> 0;
}
