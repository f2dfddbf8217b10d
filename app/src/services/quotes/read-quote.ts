import { API_PREFIXES } from '../../../contract.ts';
import { Quote } from '../../api/quote.ts';
import { IdParams } from '../../api/text.ts';
import { notFound } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import { sendJson } from '../../http/send-json.ts';
import type { QuoteStore } from '../../stores/quote-store.ts';
import { revisionOf } from '../../stores/record.ts';

export function readQuote(store: QuoteStore): Route {
  return route({
    method: 'GET',
    path: `${API_PREFIXES.quotes}/:id`,
    summary: 'One quote',
    params: IdParams,
    responses: {
      200: { description: 'The quote', schema: Quote },
      304: { description: 'It has not changed' },
      404: { description: 'There is none of this id' },
    },
    async handle(ctx, { params }) {
      const stored = await store.get(params.id);
      if (stored === null) throw notFound('quote', params.id);
      sendJson(ctx, stored, `"${revisionOf(stored)}"`);
    },
  });
}
