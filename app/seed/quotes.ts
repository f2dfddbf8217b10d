import { ENGLISH } from './english.ts';
import { FRENCH } from './french.ts';
import { type SeedQuote, toQuotes } from './seed-quote.ts';

/** What dev shows on its first start. Listings go by id, so the two languages come mixed, by author. */
export const SEED_QUOTES: readonly SeedQuote[] = [...toQuotes('fr', FRENCH), ...toQuotes('en', ENGLISH)];
