import { API_PREFIXES } from '../../../contract.ts';
import { NewQuote, Quote } from '../../api/quote.ts';
import { idTaken } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import { sendPrivateJson } from '../../http/send-json.ts';
import type { QuoteStore } from '../../stores/quote-store.ts';

export function createQuote(store: QuoteStore): Route {
  return route({
    method: 'POST',
    path: API_PREFIXES.quotes,
    summary: 'Add a quote',
    admin: true,
    body: NewQuote,
    responses: {
      201: { description: 'The quote as it was stored', schema: Quote },
      401: { description: 'Without the admin key' },
      409: { description: 'The id is taken' },
    },
    async handle(ctx, { body }) {
      const created = await store.create(body);
      if (created === undefined) throw idTaken('quote', body.id);
      ctx.set('Location', `${API_PREFIXES.quotes}/${created.id}`);
      ctx.set('ETag', `"${created.revision}"`);
      sendPrivateJson(ctx, created.json, 201);
    },
  });
}
