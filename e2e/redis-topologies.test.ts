import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { RealRedis } from '../test/real-redis.ts';
import { requireStore } from '../test/real-store.ts';
import { asAdmin, runApp, type TestApp } from '../test/run-app.ts';

const program = requireStore('valkey-server');
const sentinelProgram = requireStore('valkey-sentinel');

const servers: RealRedis[] = [];
const apps: TestApp[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.stop()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function server(...args: string[]): Promise<RealRedis> {
  const started = await RealRedis.start(program ?? '', args);
  servers.push(started);
  return started;
}

async function replicaOf(primary: RealRedis): Promise<RealRedis> {
  const replica = await server('--replicaof', `127.0.0.1 ${primary.port}`);
  const client = new Redis(replica.url);
  await eventually(async () => expect(await client.info('replication')).toContain('master_link_status:up'));
  client.disconnect();
  return replica;
}

async function app(options: Parameters<typeof runApp>[0]): Promise<TestApp> {
  const started = await runApp(options);
  apps.push(started);
  return started;
}

const add = (url: string, id: string) => fetch(`${url}/quotes`, asAdmin('POST', { id, text: 'x', author: 'y' }));

describe.skipIf(program === undefined)('in a Redis Cluster', () => {
  it('keeps each data set in one slot, so that every script and pipeline works', async () => {
    const node = await server('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
    const operator = new Redis(node.url);
    await operator.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await eventually(async () => expect(await operator.cluster('INFO')).toContain('cluster_state:ok'));
    operator.disconnect();
    const env = { REDIS_URL: '', REDIS_CLUSTER_NODES: `127.0.0.1:${node.port}` };
    const quotes = await app({ service: 'quotes', redis: node.url, env });
    const search = await app({ service: 'search', redis: node.url, env });
    const users = await app({ service: 'users', redis: node.url, env });
    expect((await add(quotes.url, 'a')).status).toBe(201);
    expect((await add(quotes.url, 'a')).status).toBe(409);
    expect((await (await fetch(`${quotes.url}/quotes`)).json()).items).toHaveLength(1);
    expect((await fetch(`${quotes.url}/quotes/random`)).status).toBe(200);
    await eventually(async () => {
      expect((await (await fetch(`${search.url}/search?keyword=x`)).json()).total).toBe(1);
    });
    const user = asAdmin('POST', { id: 'ada', name: 'Ada', password: 'long enough' });
    expect((await fetch(`${users.url}/users`, user)).status).toBe(201);
  });
});

describe.skipIf(program === undefined || sentinelProgram === undefined)('with Sentinel', () => {
  it('follows a failover by itself, with every acknowledged write', async () => {
    const primary = await server('--repl-diskless-sync-delay', '0');
    const replica = await replicaOf(primary);
    const sentinel = await startSentinel(primary);
    const env = {
      REDIS_URL: '',
      REDIS_SENTINELS: `127.0.0.1:${sentinel.port}`,
      REDIS_SENTINEL_PRIMARY: 'main',
      REDIS_WAIT_REPLICAS: '0',
    };
    const { url } = await app({ service: 'quotes', redis: primary.url, env });
    expect((await add(url, 'before')).status).toBe(201);
    await eventually(async () => {
      const client = new Redis(replica.url);
      expect(await client.hget('{quotes}:data', 'before')).not.toBeNull();
      client.disconnect();
    });
    await primary.kill();
    const started = Date.now();
    await eventually(async () => expect((await add(url, `after-${Date.now()}`)).status).toBe(201), {
      withinMs: 15_000,
    });
    console.log(`writes again ${Date.now() - started} ms after the primary's death`);
    expect((await fetch(`${url}/quotes/before`)).status).toBe(200);
  });
});

/** One Sentinel that decides alone and quickly. */
async function startSentinel(primary: RealRedis): Promise<RealRedis> {
  const file = join(primary.folder, 'sentinel.conf');
  const lines = [
    `sentinel monitor main 127.0.0.1 ${primary.port} 1`,
    'sentinel down-after-milliseconds main 500',
    'sentinel failover-timeout main 3000',
  ];
  await writeFile(file, lines.join('\n'));
  const sentinel = await RealRedis.startSentinel(program ?? '', file);
  servers.push(sentinel);
  const client = new Redis(sentinel.url);
  await eventually(async () => expect(await client.call('SENTINEL', 'REPLICAS', 'main')).toHaveLength(1));
  client.disconnect();
  return sentinel;
}
