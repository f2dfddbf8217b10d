import { API_PREFIXES } from '../../../contract.ts';
import { loadSeed } from '../../../seed/load-seed.ts';
import { NewQuote, Quote, QuotePage, QuoteReplacement, RANDOM } from '../../api/quote.ts';
import { IdParams } from '../../api/text.ts';
import { otherPayload, Repeats } from '../../http/idempotency-key.ts';
import { acceptedRevisions } from '../../http/preconditions.ts';
import { HttpProblem } from '../../http/problem.ts';
import { changedMeanwhile, idTaken, notFound, recordRoutes } from '../../http/record-routes.ts';
import { type Route, route } from '../../http/route.ts';
import { sendCreated, sendPrivateJson } from '../../http/send-json.ts';
import type { ServiceContext, ServiceModule } from '../../runtime/service.ts';
import { AuditStore } from '../../stores/audit-store.ts';
import { openLink } from '../../stores/connection.ts';
import { QuoteStore } from '../../stores/record-stores.ts';

/** Every endpoint; `/quotes/random` stands before `/quotes/:id`, for the first match counts. */
export function quoteRoutes(store: QuoteStore): Route[] {
  const { list, read, remove } = recordRoutes({
    kind: 'quote',
    path: API_PREFIXES.quotes,
    admin: 'quotes',
    store,
    item: Quote,
    page: QuotePage,
    order: ': those that the service makes sort by time',
    gone: 'It is gone',
    isPrivate: false,
  });
  return [list, randomQuote(store), read, createQuote(store), replaceQuote(store), remove];
}

export const quotes: ServiceModule = {
  message: 'Quotes: to list, read, add, replace and delete',
  start(context) {
    const link = openLink(context, 'quotes');
    const store = new QuoteStore(link);
    const ending = new AbortController();
    if (context.config.seed) void seed(store, context, ending.signal);
    const close = async () => {
      ending.abort();
      await link.close();
    };
    const trail = new AuditStore(link, 'quotes');
    return { routes: quoteRoutes(store), trail, readiness: () => link.health.readiness(), close };
  },
};

async function seed(store: QuoteStore, { log }: ServiceContext, signal: AbortSignal): Promise<void> {
  const added = await loadSeed(store, { signal });
  if (added > 0) log.info({ added }, 'seed quotes loaded');
}

function randomQuote(store: QuoteStore): Route {
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

function createQuote(store: QuoteStore): Route {
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
      409: { description: 'The id is taken, or a request with this Idempotency-Key is under way' },
      422: { description: 'The Idempotency-Key was used with another body' },
    },
    async handle(ctx, { body }) {
      const key = ctx.req.headers['idempotency-key'];
      const created = await repeats.run(key, body, (repeat) => store.add(body, repeat));
      if (created === 'taken') throw idTaken('quote', body.id);
      if (created === 'other payload') throw otherPayload();
      sendCreated(ctx, created.json, `${API_PREFIXES.quotes}/${created.id}`, `"${created.revision}"`);
    },
  });
}

function replaceQuote(store: QuoteStore): Route {
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
      404: { description: 'There is none of this id' },
      409: { description: 'Somebody else replaced it at the same time' },
      412: { description: 'It is not the revision of If-Match any more' },
      422: { description: 'The id of the body is not the id of the path' },
    },
    async handle(ctx, { params: { id }, body }) {
      requireSameId(id, body.id);
      const accepts = acceptedRevisions(ctx.req.headers);
      const result = await store.edit(id, body, accepts);
      if (result === 'absent') throw notFound('quote', id);
      if (result === 'changed') throw changedMeanwhile(accepts);
      sendPrivateJson(ctx, result.record.json, `"${result.record.revision}"`);
    },
  });
}

function requireSameId(id: string, bodyId: string | undefined): void {
  if (bodyId === undefined || bodyId === id) return;
  const errors = [{ in: 'body', name: '/id', message: `must be '${id}', the id of the path, or left out` }] as const;
  throw new HttpProblem(422, { detail: 'A quote keeps its id.', errors });
}
