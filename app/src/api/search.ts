import * as z from 'zod';
import { queryInteger } from './page.ts';
import { Quote } from './quote.ts';
import { humanText } from './text.ts';

export const DEFAULT_RESULTS = 20;
export const MAX_RESULTS = 100;

/** `?keyword=liberte&limit=20`; with `fuzzy=1`, a word that no quote has may be put right by one letter. */
export const SearchQuery = z.strictObject({
  keyword: humanText(200),
  limit: queryInteger(1, MAX_RESULTS).default(DEFAULT_RESULTS),
  fuzzy: z.enum(['0', '1']).default('0'),
});

/** Best first; `total` is the number of quotes that match, or where `exact` is false an estimate, because not all were looked at. */
export const SearchResult = z.object({
  keyword: z.string(),
  /** The words that were searched in place of the keyword's, where `fuzzy` put any right. */
  corrected: z.string().optional(),
  total: z.int(),
  exact: z.boolean(),
  items: z.array(Quote),
});

export type SearchResult = z.output<typeof SearchResult>;
