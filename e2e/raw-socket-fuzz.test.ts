import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brokenRequests } from '../test/broken-requests.ts';
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
  const next = brokenRequests(20_261_128);
  const statuses = new Map<string, number>();
  const run = async (count: number) => {
    for (let left = count; left > 0; left--) {
      const bytes = next();
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
