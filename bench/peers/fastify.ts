import fastify from 'fastify';
import { Redis } from 'ioredis';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { DURATION_BUCKETS } from '../../app/contract.ts';
import { NewQuote } from '../../app/src/api/quote.ts';
import { IdParams } from '../../app/src/api/text.ts';
import { API_HEADERS, securityHeaders } from '../../app/src/http/security-headers.ts';
import { randomHex } from '../../app/src/runtime/random-id.ts';
import { REVISION_LENGTH, REVISION_START } from '../../app/src/stores/record.ts';

/**
 * The stack that people would choose today, with the same features on the path: router, validation by the same schemas,
 * admin key, security headers, request id, ETag and 304, metrics by route, one log line a request; ioredis with auto-pipelining.
 * JSON is sent as it is stored here too.
 */
const redis = new Redis(process.env['REDIS_URL'] ?? '', { enableAutoPipelining: true, commandTimeout: 2_000 });
const app = fastify({
  logger: { level: 'info' },
  disableRequestLogging: true,
  requestIdHeader: 'x-request-id',
  genReqId: () => randomHex(16),
});
const registry = new Registry();
collectDefaultMetrics({ register: registry });
registry.setDefaultLabels({ service: 'quotes' });
const labelNames = ['method', 'route', 'status'] as const;
const requests = new Counter({ name: 'http_requests_total', help: 'requests', labelNames, registers: [registry] });
const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'duration',
  labelNames,
  buckets: [...DURATION_BUCKETS],
  registers: [registry],
});

/** The same as the services send, computed once as there. */
const security = Object.fromEntries(await securityHeaders(API_HEADERS));

// With callbacks, which cost a promise less than functions that are async.
app.addHook('onRequest', (request, reply, done) => {
  reply.headers(security).header('x-request-id', request.id);
  done();
});

app.addHook('onResponse', (request, reply, done) => {
  const labels = {
    method: request.method,
    route: request.routeOptions.url ?? 'none',
    status: String(reply.statusCode),
  };
  requests.inc(labels);
  duration.observe(labels, reply.elapsedTime / 1_000);
  const { method, route, status } = labels;
  const path = request.url.split('?')[0];
  request.log.info({ method, path, route, status, ms: reply.elapsedTime, requestId: request.id }, 'request');
  done();
});

app.get('/health', async () => ({ status: 'ok' }));

app.get<{ Params: { id: string } }>('/quotes/:id', async (request, reply) => {
  const params = IdParams.safeParse(request.params);
  if (!params.success) return reply.code(400).send({ errors: params.error.issues });
  const stored = await redis.hget('fastify:quotes', params.data.id);
  if (stored === null) return reply.code(404).send({ title: 'Not Found', status: 404 });
  const etag = `"${stored.slice(REVISION_START, REVISION_START + REVISION_LENGTH)}"`;
  reply.headers({ etag, 'cache-control': 'no-cache' });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type('application/json').send(stored);
});

app.get<{ Querystring: { offset?: string } }>('/quotes', async (request, reply) => {
  const offset = Number(request.query.offset ?? 0);
  const ids = await redis.zrange('fastify:ids', String(offset), String(offset + 49));
  const quotes = ids.length === 0 ? [] : await redis.hmget('fastify:quotes', ...ids);
  return reply.type('application/json').send(`{"items":[${quotes.join(',')}]}`);
});

app.post('/quotes', async (request, reply) => {
  if (request.headers.authorization !== process.env['ADMIN_KEY']) return reply.code(401).send();
  const parsed = NewQuote.safeParse(request.body);
  if (!parsed.success) return reply.code(422).send({ errors: parsed.error.issues });
  const quote = JSON.stringify({ ...parsed.data, createdAt: new Date().toISOString() });
  const id = parsed.data.id ?? crypto.randomUUID();
  await redis.multi().hsetnx('fastify:quotes', id, quote).zadd('fastify:ids', 0, id).exec();
  return reply.code(201).type('application/json').send(quote);
});

app.get('/metrics', async (_request, reply) => reply.type('text/plain').send(await registry.metrics()));

await app.listen({ host: '127.0.0.1', port: Number(process.env['HTTP_PORT']) });
