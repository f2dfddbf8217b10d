import fc from 'fast-check';
import type { Redis } from 'ioredis';
import pino from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RealRedis } from '../../../test/real-redis.ts';
import { requireStore } from '../../../test/real-store.ts';
import { emulateRedis } from '../../dev/emulated-redis.ts';
import { readConfig } from '../runtime/config.ts';
import { Secrets } from '../runtime/secrets.ts';
import { ChangeFeed, type News, ORIGIN } from './change-feed.ts';
import { Collection } from './collection.ts';
import { openLink, type RedisLink } from './connection.ts';
import { decodeCursor } from './ids.ts';
import { QuoteStore } from './quote-store.ts';
import { revisionOf, stamp } from './record.ts';
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

async function emulated(): Promise<Backend> {
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

const BACKENDS = [
  { name: 'the emulation', start: emulated },
  ...(program === undefined ? [] : [{ name: 'a real server', start: real }]),
];

const record = (id: string) => stamp({ id, text: `text of ${id}` });

describe.each(BACKENDS)('a collection in $name', ({ start }) => {
  let backend: Backend;
  let collection: Collection;
  let feed: ChangeFeed;
  beforeAll(async () => {
    backend = await start();
    collection = new Collection(backend.link, 'quotes');
    feed = new ChangeFeed(backend.link, 'quotes');
  });
  afterEach(() => (backend.link.reads as Redis).flushall());
  afterAll(() => backend.stop());

  const listAll = async (limit: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = JSON.parse(
        (await collection.page({ limit, ...(after !== undefined && { after }) })).json.toString(),
      );
      ids.push(...page.items.map((item: { id: string }) => item.id));
      if (page.next === null) return ids;
      after = decodeCursor(page.next);
    }
  };

  it('returns the very bytes that were stored', async () => {
    const stored = record('a');
    expect(await collection.create('a', stored)).toEqual({ json: stored.json });
    expect((await collection.get('a'))?.toString()).toBe(stored.json);
    expect(await collection.get('b')).toBeNull();
  });

  it.each(['{"revision":"0123456789ab","id":"b","te', 'null'])(
    'leaves what is no record any more out of its page, and lets it be replaced and removed: %s',
    async (torn) => {
      const redis = backend.link.reads as Redis;
      for (const id of ['a', 'b', 'c']) await collection.create(id, record(id));
      await redis.hset('{quotes}:data', 'b', torn);
      expect(await listAll(1)).toEqual(['a', 'c']);
      await expect(collection.get('b')).rejects.toThrow("what is stored under 'b' is no record");
      expect(await collection.get('a')).not.toBeNull();
      for (let draw = 0; draw < 9; draw++)
        expect(String((await collection.random()) ?? '"id":"a"')).toMatch(/"id":"[ac]"/);
      const replaced = await new QuoteStore(backend.link).replace('b', { text: 'whole', author: 'again' });
      expect(replaced).toMatchObject({ record: { json: expect.stringContaining('"text":"whole"') } });
      await redis.hset('{quotes}:data', 'b', torn);
      expect(await collection.remove('b')).toBe('written');
    },
  );

  it('keeps the first record when an id comes twice', async () => {
    const first = record('a');
    await collection.create('a', first);
    expect(await collection.create('a', record('a'))).toBe('taken');
    expect((await collection.get('a'))?.toString()).toBe(first.json);
  });

  it('lets one of many concurrent creations of an id win', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => collection.create('same', record('same'))));
    expect(results.filter((result) => result !== 'taken')).toHaveLength(1);
    expect(await collection.count()).toBe(1);
  });

  it('replaces only the revision that was seen', async () => {
    const first = record('a');
    const second = record('a');
    await collection.create('a', first);
    expect(await collection.replace('a', second, first.revision)).toBe('written');
    expect(await collection.replace('a', record('a'), first.revision)).toBe('changed');
    expect(await collection.replace('b', record('b'), first.revision)).toBe('absent');
    expect(revisionOf((await collection.get('a')) ?? Buffer.alloc(0))).toBe(second.revision);
  });

  it('removes a record with its place in every page', async () => {
    await collection.create('a', record('a'), 'secret');
    expect(await collection.remove('a', () => false)).toBe('changed');
    expect(await collection.remove('a')).toBe('written');
    expect(await collection.remove('a')).toBe('absent');
    expect(await collection.get('a')).toBeNull();
    expect(await listAll(10)).toEqual([]);
  });

  it('gives a random record, and nothing where there is none', async () => {
    expect(await collection.random()).toBeUndefined();
    await collection.create('only', record('only'));
    expect(JSON.parse((await collection.random())?.toString() ?? '').id).toBe('only');
  });

  it('lists each record once and in order, whatever the ids and the size of a page', async () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,8}$/), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(ids, fc.integer({ min: 1, max: 10 }), async (given, limit) => {
        await (backend.link.reads as Redis).flushall();
        await Promise.all(given.map((id) => collection.create(id, record(id))));
        expect(await listAll(limit)).toEqual([...given].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 15 },
    );
  });

  it('gives a page another tag when it is another page, and the same one when it is the same', async () => {
    await collection.create('a', record('a'));
    const { tag } = await collection.page({ limit: 10 });
    expect((await collection.page({ limit: 10 })).tag).toBe(tag);
    await (backend.link.reads as Redis).flushall();
    await collection.create('a', record('a'));
    expect((await collection.page({ limit: 10 })).tag).not.toBe(tag);
  });

  it('gives a repeated request the record of the first one, and makes no second', async () => {
    const [first, second] = [record('one'), record('two')];
    const repeat = { key: 'k', fingerprint: 'f' };
    expect(await collection.create('one', first, '', repeat)).toEqual({ json: first.json });
    expect(await collection.create('two', second, '', repeat)).toEqual({ json: first.json });
    expect(await collection.create('two', second, '', { ...repeat, fingerprint: 'g' })).toBe('other payload');
    expect(await collection.create('two', second, '', { ...repeat, key: 'l' })).toEqual({ json: second.json });
    expect(await listAll(10)).toEqual(['one', 'two']);
  });

  it('makes one record of many concurrent requests with one key', async () => {
    const repeat = { key: 'k', fingerprint: 'f' };
    const made = await Promise.all(['a', 'b', 'c'].map((id) => collection.create(id, record(id), '', repeat)));
    expect(new Set(made.map((creation) => JSON.stringify(creation))).size).toBe(1);
    expect(await collection.count()).toBe(1);
  });

  it('keeps an answer for a day, and not for ever', async () => {
    await collection.create('a', record('a'), '', { key: 'k', fingerprint: 'f' });
    const seconds = await (backend.link.reads as Redis).ttl('{quotes}:answer:k');
    expect(seconds).toBeGreaterThan(86_000);
    expect(seconds).toBeLessThanOrEqual(86_400);
  });

  it('keeps no stream of a data set that nobody follows, nor what an earlier version left there', async () => {
    const users = new Collection(backend.link, 'users');
    await (backend.link.reads as Redis).xadd(
      '{users}:changes',
      '1-0',
      'op',
      'put',
      'id',
      'ada',
      'json',
      '{"name":"Ada"}',
    );
    await users.create('bob', record('bob'), 'hash');
    expect(await (backend.link.reads as Redis).exists('{users}:changes')).toBe(0);
    await users.remove('bob');
    const left = ['{users}:changes', '{users}:data', '{users}:secrets'];
    expect(await (backend.link.reads as Redis).exists(left)).toBe(0);
    expect(await (backend.link.reads as Redis).zcard('{users}:ids')).toBe(0);
  });

  it('reads what the version before wrote, and goes on where it stopped', async () => {
    const redis = backend.link.reads as Redis;
    const old = record('old');
    await redis
      .multi()
      .set('{quotes}:version', 7)
      .hset('{quotes}:data', 'old', old.json)
      .zadd('{quotes}:ids', 0, 'old')
      .exec();
    await redis.xadd('{quotes}:changes', '7-0', 'op', 'put', 'id', 'old', 'at', '1', 'json', old.json);
    const position = await feed.latest();
    expect(await collection.replace('old', record('old'), old.revision)).toBe('written');
    expect(newsOf(await feed.since(position)).changes).toMatchObject([{ op: 'put', id: 'old' }]);
    expect((await feed.latest()).version).toBe(8);
  });

  it('tells a follower every write in order, and nothing twice', async () => {
    const [one, two] = [record('a'), record('a')];
    await collection.create('a', one);
    await collection.replace('a', two, one.revision);
    const news = newsOf(await feed.since(ORIGIN));
    expect(news.changes.map(({ op, id }) => `${op} ${id}`)).toEqual(['put a', 'put a']);
    await collection.remove('a');
    const later = newsOf(await feed.since(news.position));
    expect(later.changes).toEqual([{ op: 'del', id: 'a', at: expect.any(Number) }]);
    expect(newsOf(await feed.since(later.position)).changes).toEqual([]);
    expect(await feed.latest()).toEqual(later.position);
  });

  it('tells a follower that the data is not what it was', async () => {
    await collection.create('a', record('a'));
    const position = await feed.latest();
    await (backend.link.reads as Redis).flushall();
    expect(await feed.since(position)).toBe('lost');
    await collection.create('a', record('a'));
    expect(await feed.since(position)).toBe('lost');
  });

  // The emulation has no command that trims.
  it.skipIf(start === emulated)('tells a follower that the stream was trimmed', async () => {
    await collection.create('a', record('a'));
    const position = await feed.latest();
    await collection.create('b', record('b'));
    await (backend.link.reads as Redis).xdel('{quotes}:changes', '1-0');
    expect(await feed.since(position)).toBe('lost');
    expect(await feed.since(ORIGIN)).toBe('lost');
  });

  it('reads everything as a snapshot', async () => {
    await Promise.all(['c', 'a', 'b'].map((id) => collection.create(id, record(id))));
    const ids: string[] = [];
    for await (const step of feed.snapshot()) ids.push(...step.map((json) => JSON.parse(json.toString()).id));
    expect(ids).toEqual(['a', 'b', 'c']);
  });
});

function newsOf(news: News): Exclude<News, 'lost'> {
  if (news === 'lost') throw new Error('the feed is lost');
  return news;
}
