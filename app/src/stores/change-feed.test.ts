import { describe, expect, it } from 'vitest';
import { type News, ORIGIN } from './change-feed.ts';
import { BACKENDS, emulated, record, useCollection } from './collection.fixture.ts';

describe.each(BACKENDS)('a follower of a collection in $name', ({ start }) => {
  const used = useCollection(start);

  it('reads what the version before wrote, and goes on where it stopped', async () => {
    const { redis } = used;
    const old = record('old');
    await redis
      .multi()
      .set('{quotes}:version', 7)
      .hset('{quotes}:data', 'old', old.json)
      .zadd('{quotes}:ids', 0, 'old')
      .exec();
    await redis.xadd('{quotes}:changes', '7-0', 'op', 'put', 'id', 'old', 'at', '1', 'json', old.json);
    const position = await used.feed.latest();
    expect(await used.collection.replace('old', record('old'), old.revision)).toBe('written');
    expect(newsOf(await used.feed.since(position)).changes).toMatchObject([{ op: 'put', id: 'old' }]);
    expect((await used.feed.latest()).version).toBe(8);
  });

  it('tells a follower every write in order, and nothing twice', async () => {
    const [one, two] = [record('a'), record('a')];
    await used.collection.create('a', one);
    await used.collection.replace('a', two, one.revision);
    const news = newsOf(await used.feed.since(ORIGIN));
    expect(news.changes.map(({ op, id }) => `${op} ${id}`)).toEqual(['put a', 'put a']);
    await used.collection.remove('a');
    const later = newsOf(await used.feed.since(news.position));
    expect(later.changes).toEqual([{ op: 'del', id: 'a', at: expect.any(Number) }]);
    expect(newsOf(await used.feed.since(later.position)).changes).toEqual([]);
    expect(await used.feed.latest()).toEqual(later.position);
  });

  it('tells a follower that the data is not what it was', async () => {
    await used.collection.create('a', record('a'));
    const position = await used.feed.latest();
    await used.redis.flushall();
    expect(await used.feed.since(position)).toBe('lost');
    await used.collection.create('a', record('a'));
    expect(await used.feed.since(position)).toBe('lost');
  });

  // The emulation has no command that trims.
  it.skipIf(start === emulated)('tells a follower that the stream was trimmed', async () => {
    await used.collection.create('a', record('a'));
    const position = await used.feed.latest();
    await used.collection.create('b', record('b'));
    await used.redis.xdel('{quotes}:changes', '1-0');
    expect(await used.feed.since(position)).toBe('lost');
    expect(await used.feed.since(ORIGIN)).toBe('lost');
  });

  it('reads everything as a snapshot', async () => {
    await Promise.all(['c', 'a', 'b'].map((id) => used.collection.create(id, record(id))));
    const ids: string[] = [];
    for await (const step of used.feed.snapshot()) ids.push(...step.map((json) => JSON.parse(json.toString()).id));
    expect(ids).toEqual(['a', 'b', 'c']);
  });
});

function newsOf(news: News): Exclude<News, 'lost'> {
  if (news === 'lost') throw new Error('the feed is lost');
  return news;
}
