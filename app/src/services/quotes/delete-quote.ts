import { API_PREFIXES } from '../../../contract.ts';
import { IdParams } from '../../api/text.ts';
import { seenRevisions } from '../../http/if-match.ts';
import { changedMeanwhile, notFound } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import type { QuoteStore } from '../../stores/quote-store.ts';

export function deleteQuote(store: QuoteStore): Route {
  return route({
    method: 'DELETE',
    path: `${API_PREFIXES.quotes}/:id`,
    summary: 'Delete a quote; with If-Match, only the revision that was seen',
    admin: 'quotes',
    ifMatch: true,
    params: IdParams,
    responses: {
      204: { description: 'It is gone' },
      401: { description: 'Without the admin key' },
      404: { description: 'There is none of this id' },
      412: { description: 'It is not the revision of If-Match any more' },
    },
    async handle(ctx, { params: { id } }) {
      const seen = seenRevisions(ctx.req.headers['if-match']);
      const result = await store.remove(id, seen);
      if (result === 'absent') throw notFound('quote', id);
      if (result === 'changed') throw changedMeanwhile(seen);
      ctx.status = 204;
    },
  });
}
