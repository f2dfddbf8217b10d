import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { createAccessLog } from '../../app/src/http/access-log.ts';
import { observe, RequestMetrics } from '../../app/src/http/request-metrics.ts';
import { API_HEADERS, securityHeaders } from '../../app/src/http/security-headers.ts';
import { readTraceContext } from '../../app/src/http/trace-context.ts';
import { BlockSink, standardOutput } from '../../app/src/runtime/log-sink.ts';
import { openLogging } from '../../app/src/runtime/logger.ts';
import { ReadBatcher } from '../../app/src/stores/read-batcher.ts';
import { REVISION_LENGTH, REVISION_START } from '../../app/src/stores/record.ts';

/** One route on node:http with all that a read of the services does, written out by hand: no framework, no router, no layers. */
const reads = new Redis(process.env['REDIS_URL'] ?? '');
const records = new ReadBatcher({ reads, ask: (reply) => reply }, 'fastify:quotes');
const sink = new BlockSink(standardOutput());
const config = { service: 'quotes', environment: 'staging', version: 'bench', logLevel: 'info' } as const;
const accessLog = createAccessLog(openLogging(config, sink).log, sink);
const counters = new RequestMetrics(new Registry()).counters('GET', '/quotes/:id');
const security = Object.fromEntries(await securityHeaders(API_HEADERS));
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

const server = createServer(async (request, response) => {
  const started = performance.now();
  const path = request.url ?? '';
  const { traceId, spanId } = readTraceContext(undefined, undefined);
  const id = path.slice('/quotes/'.length);
  const stored = ID.test(id) ? await records.get(id) : null;
  const body = stored ?? Buffer.from('{}');
  const etag = `"${body.toString('latin1', REVISION_START, REVISION_START + REVISION_LENGTH)}"`;
  const isKept = request.headers['if-none-match'] === etag;
  const status = isKept ? 304 : 200;
  response.writeHead(status, {
    ...security,
    'X-Request-Id': traceId,
    'Content-Type': 'application/json; charset=utf-8',
    ETag: etag,
    'Cache-Control': 'no-cache',
    'Content-Length': body.length,
  });
  response.end(isKept ? undefined : body);
  const seconds = (performance.now() - started) / 1_000;
  observe(counters, status, seconds);
  accessLog({ method: 'GET', path, counters, status, seconds, requestId: traceId, traceId, spanId });
});

server.listen(Number(process.env['HTTP_PORT']), '127.0.0.1');
