import * as z from 'zod';
import { queryInteger } from './page.ts';
import { Quote } from './quote.ts';
import { humanText } from './text.ts';

export const DEFAULT_RESULTS = 20;
export const MAX_RESULTS = 100;

/** `?keyword=liberte&limit=20`. */
export const SearchQuery = z.strictObject({
  keyword: humanText(200),
  limit: queryInteger(1, MAX_RESULTS).default(DEFAULT_RESULTS),
});

/** Best first; `total` is the number of quotes that match, or where `exact` is false an estimate, because not all were looked at. */
export const SearchResult = z.object({
  keyword: z.string(),
  total: z.int(),
  exact: z.boolean(),
  items: z.array(Quote),
});

export type SearchResult = z.output<typeof SearchResult>;
