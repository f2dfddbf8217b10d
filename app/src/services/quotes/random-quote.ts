import { API_PREFIXES } from '../../../contract.ts';
import { Quote, RANDOM } from '../../api/quote.ts';
import { HttpProblem } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { sendPrivateJson } from '../../http/send-json.ts';
import type { QuoteStore } from '../../stores/quote-store.ts';

export function randomQuote(store: QuoteStore): Route {
  return route({
    method: 'GET',
    path: `${API_PREFIXES.quotes}/${RANDOM}`,
    summary: 'A quote by chance',
    responses: {
      200: { description: 'The quote', schema: Quote },
      404: { description: 'There are no quotes yet' },
    },
    async handle(ctx) {
      const stored = await store.random();
      if (stored === undefined) throw new HttpProblem(404, { detail: 'There are no quotes yet.' });
      sendPrivateJson(ctx, stored);
    },
  });
}
