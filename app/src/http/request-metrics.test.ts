import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sample } from '../../../test/fixtures/sample-service.ts';
import { runApp, type TestApp } from '../../../test/run-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await runApp({ service: 'quotes', module: sample });
});
afterAll(() => app.stop());

describe('metrics', () => {
  it('know routes, never the paths that a client makes up', async () => {
    const series = async () => {
      const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
      return text.split('\n').filter((line) => line.startsWith('http_request'));
    };
    await fetch(`${app.url}/things/first`);
    await fetch(`${app.url}/unknown/first`);
    const before = (await series()).length;
    for (let index = 0; index < 50; index++) {
      await fetch(`${app.url}/things/${index}?q=${index}`);
      await fetch(`${app.url}/unknown/${index}`);
    }
    const after = await series();
    expect(after).toHaveLength(before);
    expect(after.join()).not.toContain('/unknown');
    expect(
      after.some((line) => line.startsWith('http_requests_total{method="GET",route="/things/:id",status="200"')),
    ).toBe(true);
  });

  it('have cumulative buckets that end with the count', async () => {
    const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
    const lines = text
      .split('\n')
      .filter((line) => line.includes('route="/things/:id"') && line.includes('method="GET"'));
    const values = lines.filter((line) => line.includes('_bucket')).map((line) => Number(line.split(' ')[1]));
    const count = Number(lines.find((line) => line.includes('_count'))?.split(' ')[1]);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.at(-1)).toBe(count);
  });
});
