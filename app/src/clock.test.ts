import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { StubService } from '../../test/stub-service.ts';
import { healthBoard } from './services/front/calls/health.ts';
import { ServiceClient } from './services/front/calls/service-client.ts';
import { IndexFollower } from './services/search/index-follower.ts';
import { type ChangeFeed, ORIGIN } from './stores/change-feed.ts';
import type { RedisClient } from './stores/redis-factory.ts';
import { RedisHealth } from './stores/redis-health.ts';

const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each([
  ['back an hour', -HOUR_MS],
  ['on a minute', 60_000],
])('with the clock of the machine set %s', (_, jumpMs) => {
  const jump = () => vi.setSystemTime(Date.now() + jumpMs);

  it('the front sees that a service died', async () => {
    const stub = await StubService.start(() => ({ body: { status: 'ok', version: '1.0.0' } }));
    const client = new ServiceClient({ service: 'quotes', baseUrl: stub.url });
    const board = healthBoard({ clients: [client], own: { service: 'front', version: '1' } });
    expect((await board())[1]).toEqual({ service: 'quotes', version: '1.0.0' });
    await stub.stop();
    jump();
    await eventually(async () => expect((await board())[1]).toMatchObject({ failure: 'unreachable' }), {
      withinMs: 3_000,
    });
  });

  it('a pod stays ready through a short outage of Redis, and may read while its lease lasts', async () => {
    let isUp = true;
    const answer = async (value: unknown) => (isUp ? value : Promise.reject(new Error('down')));
    const info = 'role:master\r\nslave0:ip=10.0.0.2,port=6379,state=online,offset=42,lag=0\r\n';
    const client = { hmget: () => answer([null]), info: () => answer(info) } as unknown as RedisClient;
    const health = new RedisHealth({ client, key: 'data', readReplicas: 1 });
    await health.check();
    await health.check();
    jump();
    expect([health.leads, health.readiness().ready]).toEqual([true, true]);
    isUp = false;
    await health.check();
    expect([health.up, health.readiness().ready]).toEqual([false, true]);
  });

  it('the search is not behind because of it', async () => {
    const feed = {
      latest: async () => ORIGIN,
      since: async () => ({ position: ORIGIN, changes: [], more: false }),
      async *snapshot() {},
    } as unknown as ChangeFeed;
    const follower = new IndexFollower({ feed, log: pino({ level: 'silent' }) });
    await follower.poll();
    jump();
    expect(follower.lagSeconds()).toBeLessThan(2);
    expect(follower.lagSeconds()).toBeGreaterThanOrEqual(0);
  });
});
