/** BM25's usual constants: how soon a repeated word stops to count, and how much a long text is marked down. */
const K1 = 1.2;
const B = 0.75;
/** Words of a usual quote. Fixed rather than the running mean: an impact is computed once and kept in eight bits. */
const USUAL_LENGTH = 25;
const MAX_IMPACT = K1 + 1;

/** An author's name says more about a quote than one of its words. */
export const AUTHOR_WEIGHT = 2;

/**
 * What one word weighs in one document, from 1 to 255: BM25's term frequency part, so that a query only adds.
 * @param frequency occurrences, each times the weight of its field
 * @param length words of the document
 */
export function impactOf(frequency: number, length: number): number {
  const normalized = K1 * (1 - B + (B * length) / USUAL_LENGTH);
  const weight = (frequency * (K1 + 1)) / (frequency + normalized);
  return Math.max(1, Math.round((255 * weight) / MAX_IMPACT));
}

/** BM25's part that is the same for all documents: how rare the word is. */
export function rarity(documents: number, containing: number): number {
  return Math.log(1 + (Math.max(0, documents - containing) + 0.5) / (containing + 0.5));
}

/** An entry is a number (of a document, or of a word) in its upper 24 bits and an impact in its lower eight. */
export const NUMBER_SHIFT = 8;
export const IMPACT_MASK = 0xff;

export function entryOf(number: number, impact: number): number {
  return ((number << NUMBER_SHIFT) | impact) >>> 0;
}
