import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runApp, type TestApp } from '../../../test/run-app.ts';
import { METRICS } from '../../contract.ts';

/** What somebody sends who wants the labels of the metrics to grow. */
const HOSTILE = Array.from({ length: 300 }, (_, number) => [
  `/quotes/${number}-${'x'.repeat(number % 50)}`,
  `/nowhere/${number}/deep/${number}`,
  `/quotes?cursor=${number}&limit=${number}`,
  `/%F0%9F%98%80${number}"} 1`,
  `/quotes/../../etc/${number}`,
]).flat();
const METHODS = ['GET', 'POST', 'DELETE', 'PROPFIND', 'MKCALENDAR'];

describe('the labels of the request metrics', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await runApp({ service: 'quotes' });
  });
  afterAll(() => app?.stop());

  async function requestSeries(): Promise<string[]> {
    const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
    return text.split('\n').filter((line) => line.startsWith(METRICS.requests) || line.startsWith(METRICS.duration));
  }

  async function send(urls: readonly string[]): Promise<void> {
    for (const [index, path] of urls.entries()) {
      const method = METHODS[index % METHODS.length] ?? 'GET';
      await (await fetch(`${app.url}${path}`, { method })).arrayBuffer();
    }
  }

  it('do not grow with hostile paths, queries and methods', async () => {
    await send(HOSTILE.slice(0, 500));
    const before = await requestSeries();
    await send(HOSTILE.slice(500));
    const after = await requestSeries();
    const identity = (line: string) => line.replace(/ [^ ]*$/, '');
    expect(new Set(after.map(identity))).toEqual(new Set(before.map(identity)));
    expect(after.length).toBeLessThan(400);
  });

  it('hold no text that a client chose', async () => {
    const text = (await requestSeries()).join('\n');
    for (const chosen of ['nowhere', 'xxx', 'cursor', 'etc', 'MKCALENDAR']) expect(text).not.toContain(chosen);
  });
});
