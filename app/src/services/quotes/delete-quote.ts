import { API_PREFIXES } from '../../../contract.ts';
import { IdParams } from '../../api/text.ts';
import { notFound } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import type { QuoteStore } from '../../stores/quote-store.ts';

export function deleteQuote(store: QuoteStore): Route {
  return route({
    method: 'DELETE',
    path: `${API_PREFIXES.quotes}/:id`,
    summary: 'Delete a quote',
    admin: true,
    params: IdParams,
    responses: {
      204: { description: 'It is gone' },
      401: { description: 'Without the admin key' },
      404: { description: 'There is none of this id' },
    },
    async handle(ctx, { params: { id } }) {
      if (!(await store.remove(id))) throw notFound('quote', id);
      ctx.status = 204;
    },
  });
}
