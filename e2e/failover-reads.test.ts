import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../test/eventually.ts';
import type { RealRedis } from '../test/real-redis.ts';
import { requireStore } from '../test/real-store.ts';
import { asAdmin, type TestApp } from '../test/run-app.ts';
import { onServer, Stores } from './redis/stores.ts';

const program = requireStore('valkey-server');
const missing = program === undefined || requireStore('valkey-sentinel') === undefined;
const stores = new Stores(program);
afterEach(() => stores.stop());

/** As charts/redis/part.ts sets them for each durability. */
const DURABILITIES = [
  { durability: 'all', env: { REDIS_WAIT_AOF_REPLICAS: '2', REDIS_READ_REPLICAS: '0' } },
  { durability: 'majority', env: { REDIS_WAIT_AOF_REPLICAS: '1', REDIS_READ_REPLICAS: '1' } },
];

const roleOf = (server: RealRedis) => onServer(server, async (client) => String((await client.role())[0]));

async function named(sentinel: RealRedis): Promise<string> {
  return onServer(sentinel, async (client) => String(await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main')));
}

/** Writes through one service and reads each acknowledged quote at once through every one, until it is told to stop. */
class ReadBack {
  readonly statuses = new Map<number, number>();
  readonly wrong: string[] = [];
  acknowledged = 0;
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(writer: TestApp, readers: readonly TestApp[]) {
    this.#done = this.#run(writer, readers);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(writer: TestApp, readers: readonly TestApp[]): Promise<void> {
    const ids: string[] = ['first'];
    for (let index = 0; !this.#stopped; index++) {
      const id = `quote-${index}`;
      const written = await fetch(`${writer.url}/quotes`, asAdmin('POST', { id, text: 'x', author: 'y' }));
      await written.arrayBuffer();
      if (written.status === 201) ids.push(id);
      this.acknowledged = ids.length;
      await Promise.all(readers.map((reader) => this.#read(reader, ids.at(-1) ?? '')));
    }
  }

  async #read({ url }: TestApp, id: string): Promise<void> {
    const read = await fetch(`${url}/quotes/${id}`);
    await read.arrayBuffer();
    this.statuses.set(read.status, (this.statuses.get(read.status) ?? 0) + 1);
    if (read.status !== 200 && read.status !== 503) this.wrong.push(`${id}: ${read.status}`);
  }
}

describe.skipIf(missing).each(DURABILITIES)('with durability $durability', ({ durability, env }) => {
  it('a primary that was frozen and comes back too late is never read: 200 from the new one or 503, no 404', async () => {
    const primary = await stores.server();
    for (const _ of ['one', 'two']) await stores.replicaOf(primary);
    const sentinels = await stores.sentinels(primary, 3, { downAfterMs: 5_000, replicas: 2 });
    const where = {
      REDIS_URL: '',
      REDIS_SENTINELS: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(','),
      REDIS_SENTINEL_PRIMARY: 'main',
    };
    const options = { service: 'quotes', redis: primary.url, env: { ...where, ...env } } as const;
    const [writer, reader] = [await stores.app(options), await stores.app(options)];
    const first = { id: 'first', text: 'x', author: 'y' };
    await eventually(async () =>
      expect((await fetch(`${writer.url}/quotes`, asAdmin('POST', first))).status).toBe(201),
    );
    const before = await named(sentinels[0] ?? primary);
    const readBack = new ReadBack(writer, [writer, reader]);
    await eventually(() => expect(readBack.acknowledged).toBeGreaterThan(20));
    primary.signal('SIGSTOP');
    for (const sentinel of sentinels) {
      await eventually(async () => expect(await named(sentinel)).not.toBe(before), { withinMs: 20_000 });
    }
    primary.signal('SIGCONT');
    await eventually(async () => expect(await roleOf(primary)).toBe('slave'), { withinMs: 30_000 });
    const resumed = readBack.acknowledged;
    await eventually(() => expect(readBack.acknowledged).toBeGreaterThan(resumed + 20), { withinMs: 20_000 });
    await readBack.stop();
    console.log(
      `${durability}: ${readBack.acknowledged} acknowledged, reads by status`,
      Object.fromEntries(readBack.statuses),
    );
    expect(readBack.wrong).toEqual([]);
    expect(readBack.statuses.get(200)).toBeGreaterThan(40);
  });
});
