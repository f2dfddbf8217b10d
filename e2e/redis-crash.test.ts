import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { RealRedis } from '../test/real-redis.ts';
import { requireStore } from '../test/real-store.ts';
import { asAdmin, runApp, type TestApp, untilReady } from '../test/run-app.ts';

const program = requireStore('valkey-server');

const WRITERS = 8;
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** What the writers saw: acknowledged ids, and how often each status came. */
interface Tally {
  readonly acknowledged: string[];
  readonly statuses: Map<number, number>;
  readonly withoutRetryAfter: number[];
}

describe.skipIf(program === undefined)('when Redis is killed under writes', () => {
  let redis: RealRedis;
  let quotes: TestApp;
  let search: TestApp;

  beforeAll(async () => {
    redis = await RealRedis.start(program ?? '', DURABLE);
    quotes = await runApp({ service: 'quotes', redis: redis.url });
    search = await runApp({ service: 'search', redis: redis.url });
  });
  afterAll(async () => {
    await Promise.all([quotes?.stop(), search?.stop()]);
    await redis?.stop();
  });

  const add = (body: object) => fetch(`${quotes.url}/quotes`, asAdmin('POST', body));

  /** Writes until told to stop; every answer must be an HTTP answer. */
  async function write(writer: number, tally: Tally, until: { stop: boolean }): Promise<void> {
    for (let number = 0; !until.stop; number++) {
      const id = `w${writer}-${number}`;
      const response = await add({ id, text: `crash test ${id}`, author: 'Writer' });
      await response.text();
      tally.statuses.set(response.status, (tally.statuses.get(response.status) ?? 0) + 1);
      if (response.status === 201) tally.acknowledged.push(id);
      if (response.status === 503 && response.headers.get('retry-after') === null) tally.withoutRetryAfter.push(number);
    }
  }

  async function crashUnderWrites(tally: Tally): Promise<void> {
    const until = { stop: false };
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer, tally, until));
    for (let round = 1; round <= 3; round++) {
      const before = tally.acknowledged.length;
      await eventually(() => expect(tally.acknowledged.length).toBeGreaterThan(before + 100), { withinMs: 30_000 });
      await redis.kill('SIGKILL');
      const refused = tally.statuses.get(503) ?? 0;
      await eventually(() => expect(tally.statuses.get(503) ?? 0).toBeGreaterThan(refused), { withinMs: 10_000 });
      await redis.restart();
    }
    const before = tally.acknowledged.length;
    await eventually(() => expect(tally.acknowledged.length).toBeGreaterThan(before + 50), { withinMs: 15_000 });
    until.stop = true;
    await Promise.all(writers);
  }

  it('loses no acknowledged write, and answers nothing but 201 and clear 503s', async () => {
    const tally: Tally = { acknowledged: [], statuses: new Map(), withoutRetryAfter: [] };
    await crashUnderWrites(tally);
    expect([...tally.statuses.keys()].sort()).toEqual([201, 503]);
    expect(tally.withoutRetryAfter).toEqual([]);
    const stored = await Promise.all(
      tally.acknowledged.map(async (id) => (await fetch(`${quotes.url}/quotes/${id}`)).status),
    );
    expect(stored.filter((status) => status !== 200)).toEqual([]);
    console.log(`${tally.acknowledged.length} acknowledged writes over three kills, all there`);
  });

  it('finds every stored quote afterwards: index, pages and search agree', async () => {
    const listed: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await (await fetch(`${quotes.url}/quotes?limit=100${cursor}`)).json();
      listed.push(...page.items.map(({ id }: { id: string }) => id));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    await eventually(async () => {
      const found = await (await fetch(`${search.url}/search?keyword=crash&limit=1`)).json();
      expect(found.total).toBe(listed.length);
    });
  });

  it('stays live and ready through a short outage, and says why reads fail', async () => {
    await redis.kill('SIGKILL');
    const refused = await fetch(`${quotes.url}/quotes`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('retry-after')).toBe('2');
    expect((await fetch(`${quotes.adminUrl}/healthz`)).status).toBe(200);
    expect((await fetch(`${quotes.adminUrl}/readyz`)).status).toBe(200);
    await eventually(async () => {
      expect(await (await fetch(`${quotes.adminUrl}/metrics`)).text()).toContain('redis_client_up{service="quotes"} 0');
    });
    await redis.restart();
    await eventually(async () => expect((await fetch(`${quotes.url}/quotes`)).status).toBe(200));
  });

  it('answers 503 within its time limit while Redis is paused, and recovers by itself', async () => {
    redis.signal('SIGSTOP');
    const started = Date.now();
    const statuses = await Promise.all([fetch(`${quotes.url}/quotes/w0-0`), add({ text: 'x', author: 'y' })]);
    expect(statuses.map(({ status }) => status)).toEqual([503, 503]);
    expect(Date.now() - started).toBeLessThan(4_000);
    redis.signal('SIGCONT');
    await eventually(async () => expect((await fetch(`${quotes.url}/quotes/w0-0`)).status).toBe(200));
  });

  it('turns unready when the outage outlasts the failover budget, and ready again by itself', async () => {
    await redis.kill('SIGKILL');
    await eventually(async () => expect((await fetch(`${quotes.adminUrl}/readyz`)).status).toBe(503), {
      withinMs: 20_000,
    });
    expect(await (await fetch(`${quotes.adminUrl}/readyz`)).text()).toContain('Redis has been away');
    expect((await fetch(`${quotes.url}/health`)).status).toBe(503);
    await redis.restart();
    await untilReady(quotes);
  });
});
