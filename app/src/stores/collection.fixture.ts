import type { Redis } from 'ioredis';
import pino from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { RealRedis } from '../../../test/real-redis.ts';
import { requireStore } from '../../../test/real-store.ts';
import { emulateRedis } from '../../dev/emulated-redis.ts';
import { readConfig } from '../runtime/config.ts';
import { Secrets } from '../runtime/secrets.ts';
import { ChangeFeed } from './change-feed.ts';
import { Collection } from './collection.ts';
import { openLink, type RedisLink } from './connection.ts';
import { stamp } from './record.ts';
import { openRedis, type RedisFactory } from './redis-factory.ts';

const program = requireStore('valkey-server');

interface Backend {
  readonly link: RedisLink;
  stop(): Promise<void>;
}

function connect(url: string, redisFactory: RedisFactory): RedisLink {
  const env = { SERVICE: 'quotes', ENVIRONMENT: 'test', DEFAULT_SECRETS: 'true', REDIS_URL: url };
  const log = pino({ level: 'silent' });
  const secrets = new Secrets({ env, defaultSecrets: true });
  return openLink({ config: readConfig(env), log, registry: new Registry(), secrets, redisFactory }, 'quotes');
}

export async function emulated(): Promise<Backend> {
  const link = connect('redis://emulated', emulateRedis(`contract-${Math.random()}`));
  return { link, stop: () => link.close() };
}

async function real(): Promise<Backend> {
  const server = await RealRedis.start(program ?? '');
  const link = connect(server.url, openRedis);
  const stop = async () => {
    await link.close();
    await server.stop();
  };
  return { link, stop };
}

/** Every promise of a collection holds in both. */
export const BACKENDS = [
  { name: 'the emulation', start: emulated },
  ...(program === undefined ? [] : [{ name: 'a real server', start: real }]),
];

export const record = (id: string) => stamp({ id, text: `text of ${id}` });

/** The quotes of one backend for the tests of a describe: emptied after each. */
export function useCollection(start: () => Promise<Backend>) {
  const used = {} as { link: RedisLink; redis: Redis; collection: Collection; feed: ChangeFeed };
  let backend: Backend;
  beforeAll(async () => {
    backend = await start();
    const { link } = backend;
    const [collection, feed] = [new Collection(link, 'quotes'), new ChangeFeed(link, 'quotes')];
    Object.assign(used, { link, redis: link.reads, collection, feed });
  });
  afterEach(() => used.redis.flushall());
  afterAll(() => backend.stop());
  return used;
}
