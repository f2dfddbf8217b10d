import { API_PREFIXES } from '../../../contract.ts';
import { PageQuery } from '../../api/page.ts';
import { QuotePage } from '../../api/quote.ts';
import { pageOptions } from '../../http/page-options.ts';
import { type Route, route } from '../../http/route.ts';
import { sendJson } from '../../http/send-json.ts';
import type { QuoteStore } from '../../stores/quote-store.ts';

export function listQuotes(store: QuoteStore): Route {
  return route({
    method: 'GET',
    path: API_PREFIXES.quotes,
    summary: 'A page of quotes, in the order of their ids: those that the service makes sort by time',
    query: PageQuery,
    responses: {
      200: { description: 'The page, and where the next one begins', schema: QuotePage },
      304: { description: 'It has not changed' },
    },
    async handle(ctx, { query }) {
      const { json, tag } = await store.page(pageOptions(query));
      sendJson(ctx, json, `"${tag}"`);
    },
  });
}
