import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { RealRedis } from '../../test/real-redis.ts';
import { runApp, type TestApp } from '../../test/run-app.ts';

/** As the servers of a cluster keep their data. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--repl-diskless-sync-delay', '0'];

/** Servers, Sentinels and services of one test, all of them stopped together. */
export class Stores {
  readonly #program: string;
  readonly #servers: RealRedis[] = [];
  readonly #apps: TestApp[] = [];

  /** @param program path of valkey-server */
  constructor(program: string | undefined) {
    this.#program = program ?? '';
  }

  async server(...args: string[]): Promise<RealRedis> {
    const started = await RealRedis.start(this.#program, [...DURABLE, ...args]);
    this.#servers.push(started);
    return started;
  }

  /** A replica that has caught up: its file of what it was sent is written, and its primary has heard that it got what came after. */
  async replicaOf(primary: RealRedis, ...args: string[]): Promise<RealRedis> {
    const replica = await this.server('--replicaof', `127.0.0.1 ${primary.port}`, ...args);
    await onServer(replica, (client) =>
      eventually(async () => {
        const info = await client.info();
        for (const line of ['master_link_status:up', 'aof_rewrite_in_progress:0']) expect(info).toContain(line);
      }),
    );
    await onServer(primary, async (client) => {
      await client.publish('anything', '');
      const sent = Number(/master_repl_offset:(\d+)/.exec(await client.info('replication'))?.[1]);
      const heard = new RegExp(`port=${replica.port},state=online,offset=(\\d+)`);
      await eventually(async () =>
        expect(Number(heard.exec(await client.info('replication'))?.[1])).toBeGreaterThanOrEqual(sent),
      );
    });
    return replica;
  }

  /** Sentinels that know each other and every replica; `quorum` of them decide. */
  async sentinels(primary: RealRedis, count: number, { downAfterMs = 500, replicas = 1 } = {}): Promise<RealRedis[]> {
    const sentinels: RealRedis[] = [];
    for (let index = 0; index < count; index++) {
      const file = join(primary.folder, `sentinel-${index}.conf`);
      const lines = [
        `sentinel monitor main 127.0.0.1 ${primary.port} ${Math.floor(count / 2) + 1}`,
        `sentinel down-after-milliseconds main ${downAfterMs}`,
        'sentinel failover-timeout main 6000',
      ];
      await writeFile(file, lines.join('\n'));
      const sentinel = await RealRedis.startSentinel(this.#program, file);
      this.#servers.push(sentinel);
      sentinels.push(sentinel);
    }
    for (const sentinel of sentinels) {
      await onServer(sentinel, (client) =>
        eventually(async () => {
          expect(await client.call('SENTINEL', 'REPLICAS', 'main')).toHaveLength(replicas);
          expect(await client.call('SENTINEL', 'SENTINELS', 'main')).toHaveLength(count - 1);
        }),
      );
    }
    return sentinels;
  }

  async app(options: Parameters<typeof runApp>[0]): Promise<TestApp> {
    const started = await runApp(options);
    this.#apps.push(started);
    return started;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) server.signal('SIGCONT');
    await Promise.all(this.#apps.splice(0).map((app) => app.stop()));
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
  }
}

/** Runs commands on a connection of their own. */
export async function onServer<T>(server: RealRedis, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url);
  client.on('error', () => undefined);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
