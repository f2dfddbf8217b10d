import * as z from 'zod';
import { PageQuery, queryInteger } from './page.ts';
import { Language, Quote } from './quote.ts';
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

/** `?author=Victor Hugo&language=fr&limit=50&cursor=...`: quotes of an author, accents and case left out, or of a language and its varieties. */
export const ListQuery = PageQuery.extend({ author: humanText(200).optional(), language: Language.optional() });

const Shared = z.object({ value: z.string(), quotes: z.int() });

/** What a list can be narrowed to, the most frequent first. */
export const Filters = z.object({ authors: z.array(Shared), languages: z.array(Shared) });

export type SearchResult = z.output<typeof SearchResult>;
