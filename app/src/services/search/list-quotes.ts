import { createHash } from 'node:crypto';
import { API_PREFIXES } from '../../../contract.ts';
import { QuotePage } from '../../api/quote.ts';
import { Filters, ListQuery } from '../../api/search.ts';
import { pageOptions } from '../../http/page-options.ts';
import { type Route, route } from '../../http/route.ts';
import { sendJson } from '../../http/send-json.ts';
import { encodeCursor } from '../../stores/ids.ts';
import type { ReadBatcher } from '../../stores/read-batcher.ts';
import { isRecord } from '../../stores/record.ts';
import type { QuoteIndex } from './quote-index.ts';

export interface ListProps {
  /** @throws StoreUnavailable before there is one */
  readonly index: () => QuoteIndex;
  readonly records: ReadBatcher;
}

/** Most authors and languages that are told. */
const MAX_FILTERS = 100;

export function listQuotesBy({ index, records }: ListProps): Route {
  return route({
    method: 'GET',
    path: `${API_PREFIXES.search}/quotes`,
    summary: 'A page of the quotes of an author, of a language, or of both, in the order of their ids',
    query: ListQuery,
    responses: {
      200: { description: 'The page, and where the next one begins', schema: QuotePage },
      304: { description: 'It has not changed' },
    },
    async handle(ctx, { query: { author, language, ...page } }) {
      const { ids, more } = index().list({ author, language, ...pageOptions(page) });
      // A quote that was deleted a moment ago may still be in the index, but not in the store.
      const stored = (await records.getMany(ids)).filter((record) => record !== null).filter(isRecord);
      const next = more ? encodeCursor(ids.at(-1) ?? '') : null;
      sendTagged(ctx, `{"items":[${stored.map(String).join(',')}],"next":${JSON.stringify(next)}}`);
    },
  });
}

export function listFilters({ index }: Pick<ListProps, 'index'>): Route {
  return route({
    method: 'GET',
    path: `${API_PREFIXES.search}/filters`,
    summary: 'The authors and the languages that most quotes have',
    responses: {
      200: { description: 'Each with how many quotes have it', schema: Filters },
      304: { description: 'They have not changed' },
    },
    handle(ctx) {
      sendTagged(ctx, JSON.stringify(index().shared(MAX_FILTERS)));
    },
  });
}

function sendTagged(ctx: Parameters<typeof sendJson>[0], json: string): void {
  sendJson(ctx, json, `"${createHash('sha1').update(json).digest('base64url')}"`);
}
