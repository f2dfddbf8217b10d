import { ENGLISH } from './english.ts';
import { FRENCH } from './french.ts';
import { type SeedQuote, toQuotes } from './seed-quote.ts';

/** What dev shows on its first start: the two languages interleaved, so that the first page holds both. */
export const SEED_QUOTES: readonly SeedQuote[] = interleave(toQuotes('fr', FRENCH), toQuotes('en', ENGLISH));

function interleave<T>(left: readonly T[], right: readonly T[]): T[] {
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, index) => [
    ...left.slice(index, index + 1),
    ...right.slice(index, index + 1),
  ]).flat();
}
