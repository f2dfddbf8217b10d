import { API_PREFIXES } from '../../../contract.ts';
import { Quote, QuoteReplacement } from '../../api/quote.ts';
import { IdParams } from '../../api/text.ts';
import { seenRevisions } from '../../http/if-match.ts';
import { HttpProblem } from '../../http/problem.ts';
import { changedMeanwhile, notFound } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import { sendPrivateJson } from '../../http/send-json.ts';
import type { QuoteStore } from '../../stores/quote-store.ts';

export function replaceQuote(store: QuoteStore): Route {
  return route({
    method: 'PUT',
    path: `${API_PREFIXES.quotes}/:id`,
    summary: 'Replace a quote; with If-Match, only the revision that was seen',
    admin: 'quotes',
    params: IdParams,
    ifMatch: true,
    body: QuoteReplacement,
    responses: {
      200: { description: 'The quote as it was stored', schema: Quote },
      401: { description: 'Without the admin key' },
      404: { description: 'There is none of this id' },
      409: { description: 'Somebody else replaced it at the same time' },
      412: { description: 'It is not the revision of If-Match any more' },
      422: { description: 'The id of the body is not the id of the path' },
    },
    async handle(ctx, { params: { id }, body }) {
      requireSameId(id, body.id);
      const seen = seenRevisions(ctx.req.headers['if-match']);
      const result = await store.replace(id, body, seen);
      if (result === 'absent') throw notFound('quote', id);
      if (result === 'changed') throw changedMeanwhile(seen);
      ctx.set('ETag', `"${result.record.revision}"`);
      sendPrivateJson(ctx, result.record.json);
    },
  });
}

function requireSameId(id: string, bodyId: string | undefined): void {
  if (bodyId === undefined || bodyId === id) return;
  const errors = [{ in: 'body', name: '/id', message: `must be '${id}', the id of the path, or left out` }] as const;
  throw new HttpProblem(422, { detail: 'A quote keeps its id.', errors });
}
