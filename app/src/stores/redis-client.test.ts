import { Cluster, type Redis } from 'ioredis';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { RedisTarget } from '../runtime/redis-target.ts';
import { openRedis, type RedisClient, rotatePassword } from './redis-factory.ts';
import { ask, StoreUnavailable } from './store-unavailable.ts';

const log = pino({ level: 'silent' });

function open(target: RedisTarget): RedisClient {
  const config = {
    target,
    acknowledgement: { kind: 'none', replicas: 0 },
    readReplicas: 0,
    tls: false,
    username: 'application',
  } as const;
  const options = { lazyConnect: true, password: 'old', commandTimeout: 1, retryStrategy: () => 1 };
  const client = openRedis(config, options);
  client.on('error', () => {});
  return client;
}

describe('a Redis client', () => {
  it('goes to an address, by Sentinels or to a Cluster, as the configuration says', () => {
    const single = open({ kind: 'standalone', url: 'redis://127.0.0.1:1/2' }) as Redis;
    expect(single.options).toMatchObject({
      host: '127.0.0.1',
      port: 1,
      db: 2,
      username: 'application',
      password: 'old',
    });
    const sentinels = [{ host: '127.0.0.1', port: 1 }];
    const watched = open({ kind: 'sentinel', sentinels, primary: 'main' }) as Redis;
    expect(watched.options).toMatchObject({ sentinels, name: 'main' });
    expect(watched.options.sentinelPassword).toBeUndefined();
    const cluster = open({ kind: 'cluster', nodes: sentinels });
    expect(cluster).toBeInstanceOf(Cluster);
    for (const client of [single, watched, cluster]) client.disconnect();
  });
});

describe('a new password', () => {
  /** A connection that notes how it was logged in. */
  function connection(fails = false) {
    const logins: string[][] = [];
    const auth = async (...args: string[]) => {
      logins.push(args);
      if (fails) throw new Error('WRONGPASS');
    };
    return { logins, options: { password: 'old' }, auth };
  }

  it('is used for the next connection, and at once on the open one', async () => {
    const client = connection();
    await rotatePassword(client as unknown as Redis, { username: 'application', password: 'new', log });
    expect(client.options.password).toBe('new');
    expect(client.logins).toEqual([['application', 'new']]);
  });

  it('goes to every node of a Cluster', async () => {
    const nodes = [connection(), connection(true)];
    const options = { redisOptions: { password: 'old' } };
    const cluster = { options, nodes: () => nodes } as unknown as Cluster;
    await rotatePassword(cluster, { username: undefined, password: 'new', log });
    expect(options.redisOptions.password).toBe('new');
    expect(nodes.map(({ logins }) => logins)).toEqual([[['new']], [['new']]]);
  });

  it('that is none changes nothing', async () => {
    const client = connection();
    await rotatePassword(client as unknown as Redis, { username: undefined, password: undefined, log });
    expect(client.options.password).toBe('old');
    expect(client.logins).toEqual([]);
  });
});

describe('a store that fails', () => {
  it('says that it is away, and keeps the cause for the log', async () => {
    const cause = new Error('ECONNREFUSED 10.0.0.7');
    const error = await ask(Promise.reject(cause)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ message: 'The store does not answer.', cause, retryAfterSeconds: 2 });
  });
});
