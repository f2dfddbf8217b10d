import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { runApp, type TestApp } from '../test/run-app.ts';

/** Inputs of one run; a nightly run sets more. */
const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 5_000);
const AT_ONCE = 50;
/** A client that has sent half a request waits no longer than this before it leaves. */
const PATIENCE_MS = 500;

let app: TestApp;
beforeAll(async () => {
  app = await runApp({ service: 'quotes', env: { LOG_LEVEL: 'warn' } });
});
afterAll(() => app.stop());

/** The same numbers in every run: Mulberry32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SEEDS = [
  'GET /quotes HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /quotes/random HTTP/1.1\r\nHost: a\r\nIf-None-Match: "x"\r\n\r\n',
  'HEAD /quotes?limit=2 HTTP/1.0\r\n\r\n',
  'GET http://[::1]/quotes/%ff?cursor=%00 HTTP/1.1\r\nHost: [::1]\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n',
  'POST /quotes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer dev-admin-key\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{"text":"a","author":"bcd"}',
  'POST /quotes HTTP/1.1\r\nHost: a\r\nAuthorization: dev-admin-key\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1b\r\n{"text":"a","author":"bcd"}\r\n0\r\n\r\n',
  'PUT /quotes/x HTTP/1.1\r\nHost: a\r\nIf-Match: "a", W/"b"\r\nContent-Length: 0\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
];
const PIECES = [
  '\r\n',
  '\n',
  '\0',
  ' ',
  ':',
  'HTTP/1.1',
  'Host: b\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  '%',
  '[',
  '\xff',
  '0\r\n\r\n',
  '{"',
  'x'.repeat(17_000),
];

/** A request with a few things wrong: cut, doubled, exchanged, repeated. */
function mutated(random: () => number): Buffer {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  let text = pick(SEEDS);
  for (let count = Math.floor(random() * 4); count > 0; count--) {
    const at = Math.floor(random() * text.length);
    const kind = Math.floor(random() * 5);
    if (kind === 0) text = text.slice(0, at);
    else if (kind === 1) text = text.slice(0, at) + pick(PIECES) + text.slice(at);
    else if (kind === 2)
      text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
    else if (kind === 3) text = text.slice(0, at) + pick(SEEDS) + text.slice(at);
    else text = text.repeat(1 + Math.floor(random() * 3));
  }
  return Buffer.from(text, 'latin1');
}

/** Sends it, and leaves once the server closes or says nothing more; resolves to what came back. */
function send(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(app.running.httpPort, '127.0.0.1');
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.once('close', () => resolve(answer));
    socket.write(bytes);
  });
}

it(`answers ${INPUTS} broken requests without a 500, a hang or growth`, { timeout: 60_000 + INPUTS * 20 }, async () => {
  const random = numbers(20_261_128);
  const statuses = new Map<string, number>();
  const run = async (count: number) => {
    for (let left = count; left > 0; left--) {
      const bytes = mutated(random);
      const answer = await send(bytes);
      for (const [, status = ''] of answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const why = () => app.lines.findLast((line) => line.includes('"error"')) ?? '';
        expect(Number(status), `${JSON.stringify(bytes.toString('latin1'))} ${status === '500' ? why() : ''}`).not.toBe(
          500,
        );
      }
    }
  };
  const all = (inputs: number) => Promise.all(Array.from({ length: AT_ONCE }, () => run(inputs / AT_ONCE)));
  await all(INPUTS / 2);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  await all(INPUTS / 2);
  globalThis.gc?.();
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
  await eventually(async () => {
    const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
    expect(metrics).toContain('http_requests_in_flight{service="quotes"} 0');
  });
  expect((await fetch(`${app.url}/quotes`)).status).toBe(200);
  for (const status of ['200', '201', '400', '401', '431']) expect(statuses.has(status), status).toBe(true);
});
