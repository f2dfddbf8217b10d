import { API_PREFIXES } from '../../../contract.ts';
import { loadSeed } from '../../../seed/load-seed.ts';
import { PageQuery } from '../../api/page.ts';
import { NewQuote, Quote, QuotePage, QuoteReplacement, RANDOM } from '../../api/quote.ts';
import { IdParams } from '../../api/text.ts';
import { deleteRoute } from '../../http/delete-route.ts';
import { otherPayload, Repeats } from '../../http/idempotency-key.ts';
import { pageOptions } from '../../http/page-options.ts';
import { acceptedRevisions } from '../../http/preconditions.ts';
import { HttpProblem } from '../../http/problem.ts';
import { changedMeanwhile, idTaken, notFound } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import { sendCreated, sendJson, sendPrivateJson } from '../../http/send-json.ts';
import type { ServiceContext, ServiceModule } from '../../runtime/service.ts';
import { AuditStore } from '../../stores/audit-store.ts';
import { openLink } from '../../stores/connection.ts';
import { QuoteStore } from '../../stores/quote-store.ts';
import { revisionOf } from '../../stores/record.ts';

/** Every endpoint; `/quotes/random` stands before `/quotes/:id`, for the first match counts. */
export function quoteRoutes(store: QuoteStore): Route[] {
  const path = API_PREFIXES.quotes;
  const removal = deleteRoute({ kind: 'quote', path, admin: 'quotes', store, gone: 'It is gone' });
  return [listQuotes(store), randomQuote(store), readQuote(store), createQuote(store), replaceQuote(store), removal];
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

function listQuotes(store: QuoteStore): Route {
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

function readQuote(store: QuoteStore): Route {
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
      401: { description: 'Without the admin key' },
      409: { description: 'The id is taken, or a request with this Idempotency-Key is under way' },
      422: { description: 'The Idempotency-Key was used with another body' },
    },
    async handle(ctx, { body }) {
      const key = ctx.req.headers['idempotency-key'];
      const created = await repeats.run(key, body, (repeat) => store.create(body, repeat));
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
      401: { description: 'Without the admin key' },
      404: { description: 'There is none of this id' },
      409: { description: 'Somebody else replaced it at the same time' },
      412: { description: 'It is not the revision of If-Match any more' },
      422: { description: 'The id of the body is not the id of the path' },
    },
    async handle(ctx, { params: { id }, body }) {
      requireSameId(id, body.id);
      const accepts = acceptedRevisions(ctx.req.headers);
      const result = await store.replace(id, body, accepts);
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
