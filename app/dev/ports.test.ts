import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { planPorts, readFrontPort, takenPorts } from './ports.ts';

describe('the ports of a laptop', () => {
  it('put the front on 8080 and its own admin port beside it', () => {
    const { http, admin } = planPorts();
    expect(http.front).toBe(8080);
    expect(admin.front).toBe(8081);
  });

  it('never meet, whatever the front has', () => {
    for (const front of [8080, 9000, 18080]) {
      const { http, admin, dashboard, redis } = planPorts(front);
      const all = [...Object.values(http), ...Object.values(admin), dashboard, redis];
      expect(new Set(all).size).toBe(all.length);
    }
  });
});

it('refuses what is no port, and one that leaves no room for the others', () => {
  expect(readFrontPort('9000')).toBe(9000);
  for (const text of ['abc', '', '0', '-1', '8080.5', '65530']) {
    expect(() => readFrontPort(text), text).toThrow(`given '${text}'`);
  }
});

it('names the ports on which something listens already', async () => {
  const plan = planPorts(20_000 + (process.pid % 400) * 25);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(plan.admin.front, () => resolve()));
  expect(await takenPorts(plan)).toEqual([plan.admin.front]);
  // A service that runs elsewhere may be forwarded to its port here.
  expect(await takenPorts(plan, ['quotes'])).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
  expect(await takenPorts(plan)).toEqual([]);
});
