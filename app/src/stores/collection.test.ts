import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKENDS, record, useCollection } from './collection.fixture.ts';
import { Collection } from './collection.ts';
import { decodeCursor } from './ids.ts';
import { revisionOf } from './record.ts';
import { QuoteStore } from './record-stores.ts';

describe.each(BACKENDS)('a collection in $name', ({ start }) => {
  const used = useCollection(start);

  const listAll = async (limit: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = JSON.parse(
        (await used.collection.page({ limit, ...(after !== undefined && { after }) })).json.toString(),
      );
      ids.push(...page.items.map((item: { id: string }) => item.id));
      if (page.next === null) return ids;
      after = decodeCursor(page.next);
    }
  };

  it('returns the very bytes that were stored', async () => {
    const stored = record('a');
    expect(await used.collection.create('a', stored)).toEqual({ json: stored.json });
    expect((await used.collection.get('a'))?.toString()).toBe(stored.json);
    expect(await used.collection.get('b')).toBeNull();
  });

  it.each(['{"revision":"0123456789ab","id":"b","te', 'null'])(
    'leaves what is no record any more out of its page, and lets it be replaced and removed: %s',
    async (torn) => {
      const { redis } = used;
      for (const id of ['a', 'b', 'c']) await used.collection.create(id, record(id));
      await redis.hset('{quotes}:data', 'b', torn);
      expect(await listAll(1)).toEqual(['a', 'c']);
      await expect(used.collection.get('b')).rejects.toThrow("what is stored under 'b' is no record");
      expect(await used.collection.get('a')).not.toBeNull();
      for (let draw = 0; draw < 9; draw++)
        expect(String((await used.collection.random()) ?? '"id":"a"')).toMatch(/"id":"[ac]"/);
      const replaced = await new QuoteStore(used.link).edit('b', { text: 'whole', author: 'again' });
      expect(replaced).toMatchObject({ record: { json: expect.stringContaining('"text":"whole"') } });
      await redis.hset('{quotes}:data', 'b', torn);
      expect(await used.collection.remove('b')).toBe('written');
    },
  );

  it('keeps the first record when an id comes twice', async () => {
    const first = record('a');
    await used.collection.create('a', first);
    expect(await used.collection.create('a', record('a'))).toBe('taken');
    expect((await used.collection.get('a'))?.toString()).toBe(first.json);
  });

  it('lets one of many concurrent creations of an id win', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => used.collection.create('same', record('same'))));
    expect(results.filter((result) => result !== 'taken')).toHaveLength(1);
    expect(await used.collection.count()).toBe(1);
  });

  it('replaces only the revision that was seen', async () => {
    const first = record('a');
    const second = record('a');
    await used.collection.create('a', first);
    expect(await used.collection.replace('a', second, first.revision)).toBe('written');
    expect(await used.collection.replace('a', record('a'), first.revision)).toBe('changed');
    expect(await used.collection.replace('b', record('b'), first.revision)).toBe('absent');
    expect(revisionOf((await used.collection.get('a')) ?? Buffer.alloc(0))).toBe(second.revision);
  });

  it('removes a record with its place in every page', async () => {
    await used.collection.create('a', record('a'), 'secret');
    expect(await used.collection.remove('a', () => false)).toBe('changed');
    expect(await used.collection.remove('a')).toBe('written');
    expect(await used.collection.remove('a')).toBe('absent');
    expect(await used.collection.get('a')).toBeNull();
    expect(await listAll(10)).toEqual([]);
  });

  it('gives a random record, and nothing where there is none', async () => {
    expect(await used.collection.random()).toBeUndefined();
    await used.collection.create('only', record('only'));
    expect(JSON.parse((await used.collection.random())?.toString() ?? '').id).toBe('only');
  });

  it('lists each record once and in order, whatever the ids and the size of a page', async () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,8}$/), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(ids, fc.integer({ min: 1, max: 10 }), async (given, limit) => {
        await used.redis.flushall();
        await Promise.all(given.map((id) => used.collection.create(id, record(id))));
        expect(await listAll(limit)).toEqual([...given].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 15 },
    );
  });

  it('gives a page another tag when it is another page, and the same one when it is the same', async () => {
    await used.collection.create('a', record('a'));
    const { tag } = await used.collection.page({ limit: 10 });
    expect((await used.collection.page({ limit: 10 })).tag).toBe(tag);
    await used.redis.flushall();
    await used.collection.create('a', record('a'));
    expect((await used.collection.page({ limit: 10 })).tag).not.toBe(tag);
  });

  it('gives a repeated request the record of the first one, and makes no second', async () => {
    const [first, second] = [record('one'), record('two')];
    const repeat = { key: 'k', fingerprint: 'f' };
    expect(await used.collection.create('one', first, '', repeat)).toEqual({ json: first.json });
    expect(await used.collection.create('two', second, '', repeat)).toEqual({ json: first.json });
    expect(await used.collection.create('two', second, '', { ...repeat, fingerprint: 'g' })).toBe('other payload');
    expect(await used.collection.create('two', second, '', { ...repeat, key: 'l' })).toEqual({ json: second.json });
    expect(await listAll(10)).toEqual(['one', 'two']);
  });

  it('makes one record of many concurrent requests with one key', async () => {
    const repeat = { key: 'k', fingerprint: 'f' };
    const made = await Promise.all(['a', 'b', 'c'].map((id) => used.collection.create(id, record(id), '', repeat)));
    expect(new Set(made.map((creation) => JSON.stringify(creation))).size).toBe(1);
    expect(await used.collection.count()).toBe(1);
  });

  it('keeps an answer for a day, and not for ever', async () => {
    await used.collection.create('a', record('a'), '', { key: 'k', fingerprint: 'f' });
    const seconds = await used.redis.ttl('{quotes}:answer:k');
    expect(seconds).toBeGreaterThan(86_000);
    expect(seconds).toBeLessThanOrEqual(86_400);
  });

  it('keeps no stream of a data set that nobody follows, nor what an earlier version left there', async () => {
    const users = new Collection(used.link, 'users');
    await used.redis.xadd('{users}:changes', '1-0', 'op', 'put', 'id', 'ada', 'json', '{"name":"Ada"}');
    await users.create('bob', record('bob'), 'hash');
    expect(await used.redis.exists('{users}:changes')).toBe(0);
    await users.remove('bob');
    const left = ['{users}:changes', '{users}:data', '{users}:secrets'];
    expect(await used.redis.exists(left)).toBe(0);
    expect(await used.redis.zcard('{users}:ids')).toBe(0);
  });
});
