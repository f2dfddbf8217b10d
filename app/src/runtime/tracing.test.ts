import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealRedis } from '../../../test/real-redis.ts';
import { requireStore } from '../../../test/real-store.ts';
import { runApp } from '../../../test/run-app.ts';

const program = requireStore('valkey-server');

interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** A collector that keeps what it is sent. */
let collector: Server;
let endpoint: string;
const spans: ExportedSpan[] = [];

beforeAll(async () => {
  collector = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      const { resourceSpans } = JSON.parse(body);
      for (const resource of resourceSpans) for (const scope of resource.scopeSpans) spans.push(...scope.spans);
      res.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterAll(() => void collector.close());

const TRACE = 'a'.repeat(32);
const CALLER = 'b'.repeat(16);

describe('traces', () => {
  it('are exported with the caller as parent, and continued in the log', async () => {
    const app = await runApp({ service: 'quotes', env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/` } });
    await fetch(`${app.url}/quotes/none`, { headers: { traceparent: `00-${TRACE}-${CALLER}-01` } });
    await app.stop();
    const span = spans.find(({ name }) => name === 'GET /quotes/:id');
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
    const line = JSON.parse(app.lines.find((text) => text.includes('"/quotes/none"')) ?? '{}');
    expect(line).toMatchObject({ traceId: TRACE, spanId: span?.spanId });
  });

  it('leave out what the caller does not record', async () => {
    spans.length = 0;
    const app = await runApp({ service: 'quotes', env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
    await fetch(`${app.url}/quotes/none`, { headers: { traceparent: `00-${TRACE}-${CALLER}-00` } });
    await app.stop();
    expect(spans).toEqual([]);
  });

  it.skipIf(program === undefined)('show the Redis commands of a request, without their arguments', async () => {
    spans.length = 0;
    const redis = await RealRedis.start(program ?? '');
    const app = await runApp({ service: 'quotes', redis: redis.url, env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
    await fetch(`${app.url}/quotes/none`, { headers: { traceparent: `00-${TRACE}-${CALLER}-01` } });
    await app.stop();
    await redis.stop();
    const request = spans.find(({ name }) => name === 'GET /quotes/:id');
    const command = spans.find(({ name }) => name === 'HMGET');
    expect(command).toMatchObject({ traceId: TRACE, parentSpanId: request?.spanId });
    expect(JSON.stringify(command)).not.toContain('none');
  });
});
