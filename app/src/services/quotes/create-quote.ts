import { API_PREFIXES } from '../../../contract.ts';
import { NewQuote, Quote } from '../../api/quote.ts';
import { otherPayload, Repeats } from '../../http/idempotency-key.ts';
import { idTaken } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import { sendPrivateJson } from '../../http/send-json.ts';
import type { QuoteStore } from '../../stores/quote-store.ts';

export function createQuote(store: QuoteStore): Route {
  const repeats = new Repeats();
  return route({
    method: 'POST',
    path: API_PREFIXES.quotes,
    summary: 'Add a quote; with an Idempotency-Key, once however often it is sent',
    admin: 'quotes',
    idempotencyKey: true,
    body: NewQuote,
    responses: {
      201: { description: 'The quote as it was stored; of a repeated request, by the first one', schema: Quote },
      401: { description: 'Without the admin key' },
      409: { description: 'The id is taken, or a request with this Idempotency-Key is under way' },
      422: { description: 'The Idempotency-Key was used with another body' },
    },
    async handle(ctx, { body }) {
      const key = ctx.req.headers['idempotency-key'];
      const created = await repeats.run(key, body, (repeat) => store.create(body, repeat));
      if (created === 'taken') throw idTaken('quote', body.id);
      if (created === 'other payload') throw otherPayload();
      ctx.res.setHeader('Location', `${API_PREFIXES.quotes}/${created.id}`);
      ctx.res.setHeader('ETag', `"${created.revision}"`);
      sendPrivateJson(ctx, created.json, 201);
    },
  });
}
