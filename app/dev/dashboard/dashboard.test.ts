import type { Server } from 'node:http';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planPorts } from '../ports.ts';
import { dataPage } from './data.tsx';
import { Recorder } from './recorder.ts';
import { startDashboard } from './server.ts';

const recorder = new Recorder();
const ports = { ...planPorts(), dashboard: 21_000 + (process.pid % 900) };
const at = (path: string) => `http://127.0.0.1:${ports.dashboard}${path}`;
let server: Server;

beforeAll(async () => {
  server = await startDashboard({ recorder, services: ['front', 'quotes'], ports, redisUrl: undefined });
});
afterAll(() => server.close());

/** What the exporter of a service sends, as OTLP/HTTP writes it in JSON. */
const exported = (service: string, span: Readonly<Record<string, unknown>>) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [
        { spans: [{ traceId: 'abc', startTimeUnixNano: '1000000000', endTimeUnixNano: '1003000000', ...span }] },
      ],
    },
  ],
});
const send = (body: unknown) =>
  fetch(at('/v1/traces'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('the dashboard of a laptop', () => {
  it('joins the spans of one trace across services', async () => {
    await send(exported('front', { spanId: '1', name: 'GET /' }));
    expect(
      (await send(exported('quotes', { spanId: '2', parentSpanId: '1', name: 'GET /quotes/random' }))).status,
    ).toBe(200);
    const html = await (await fetch(at('/traces'))).text();
    expect(html).toContain('3.0 ms, 2 spans: front, quotes');
  });

  it('refuses what is not a trace', async () => {
    expect((await send({ nonsense: true })).status).toBe(400);
    expect((await fetch(at('/v1/traces'), { method: 'POST', body: '{}' })).status).toBe(415);
  });

  it('finds lines by words and service, and shows markup as text', async () => {
    recorder.addLine('quotes', '{"level":"info","msg":"<b>bold</b> and 4711"}');
    recorder.addLine('front', '{"level":"info","msg":"other"}');
    const html = await (await fetch(at('/logs?q=4711&service=quotes'))).text();
    expect(html).toContain('1 of 2 lines');
    expect(html).toContain('&lt;b>bold');
    expect(html).not.toContain('<b>bold');
  });

  it('computes rate, errors and P95 from two scrapes', () => {
    const metrics = (requests: number, failed: number) =>
      [
        `http_requests_total{service="quotes",status="200"} ${requests - failed}`,
        `http_requests_total{service="quotes",status="503"} ${failed}`,
        ...['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10'].map(
          (bound) => `http_request_duration_seconds_bucket{le="${bound}"} ${Number(bound) < 0.1 ? 0 : requests}`,
        ),
        'system_cpu_usage_percent{service="quotes"} 12',
      ].join('\n');
    recorder.addMetrics('quotes', metrics(100, 0));
    recorder.addMetrics('quotes', metrics(150, 5));
    const [sample] = recorder.samples.get('quotes') ?? [];
    expect(sample).toMatchObject({ rate: 10, errorPercent: 10, cpuPercent: 12 });
    expect(sample?.p95Ms).toBeCloseTo(97.5);
  });

  it('draws the newest figure at the right, and no latency where nothing was asked', async () => {
    const silent = 'http_requests_total{service="front",status="200"} 7';
    for (let scrape = 0; scrape < 3; scrape += 1) recorder.addMetrics('front', silent);
    const html = await (await fetch(at('/'))).text();
    expect(html).toMatch(/points="218\.2,[\d.]+ 220\.0,[\d.]+"/);
    expect(html).toMatch(/Traffic[^–]*0\.0 \/s/);
    expect(html).toMatch(/P95 <b[^>]*>–/);
  });

  it('shows the keys of a data set with what they hold, and how many more there are', async () => {
    const hash = { name: '{quotes}:data', type: 'hash', holds: 40, bytes: 9_216, secondsLeft: undefined };
    const lease = { name: '{quotes}:lease', type: 'string', holds: 7, bytes: 64, secondsLeft: 30 };
    const html = dataPage([{ name: 'quotes', keys: 3, shown: [hash, lease] }]);
    expect(html).toContain('3 keys, the first 2 of them here');
    expect(html).toContain('<td>{quotes}:data</td><td>hash</td><td>40</td><td>9.0 KiB</td><td>never</td>');
    expect(html).toContain('<td>7 B</td><td>64 B</td><td>in 30 s</td>');
    expect(await (await fetch(at('/data'))).text()).toContain('install valkey-server to look at its keys');
  });

  it('loads nothing from elsewhere, and answers to no other name', async () => {
    const { headers } = await fetch(at('/'));
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    const status = await new Promise((resolve) => {
      get(at('/'), { headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode));
    });
    expect(status).toBe(421);
  });
});
