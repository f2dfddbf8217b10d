import { setImmediate as endOfTurn } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/eventually.ts';
import { freePort } from '../../../../test/real-redis.ts';
import { asAdmin, runApp, type TestApp } from '../../../../test/run-app.ts';
import { readConfig } from '../../runtime/config.ts';
import { openLogging } from '../../runtime/logger.ts';
import { runService } from '../../runtime/run-service.ts';
import { type Change, type ChangeFeed, type News, ORIGIN, type Position } from '../../stores/change-feed.ts';
import { IndexFollower } from './index-follower.ts';
import { search } from './search.ts';

it('answers 503, not that there is nothing, until its index is built', async () => {
  const env = {
    SERVICE: 'search',
    ENVIRONMENT: 'test',
    DEFAULT_SECRETS: 'true',
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    HTTP_PORT: '0',
    ADMIN_PORT: '0',
    DRAIN_SECONDS: '0',
  };
  const config = readConfig(env);
  const running = await runService({ module: search, config, env, logging: openLogging(config, { write() {} }) });
  const response = await fetch(`http://127.0.0.1:${running.httpPort}/search?keyword=anything`);
  await running.shutdown();
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('2');
  expect((await response.json()).detail).toBe('Nothing can be found yet: the search index is being built.');
});

describe('search', () => {
  let quotes: TestApp;
  let search: TestApp;
  beforeAll(async () => {
    const redis = `search-test-${Math.random()}`;
    quotes = await runApp({ service: 'quotes', redis });
    await add({ id: 'early', text: 'Rien ne sert de courir', author: 'La Fontaine' });
    search = await runApp({ service: 'search', redis });
  });
  afterAll(async () => {
    await Promise.all([quotes.stop(), search.stop()]);
  });

  const add = (body: object) => fetch(`${quotes.url}/quotes`, asAdmin('POST', body));
  const find = async (query: string) => (await fetch(`${search.url}/search?${query}`)).json();
  const idsOf = (result: { items: { id: string }[] }) => result.items.map(({ id }) => id);

  it('finds what was there at its start', async () => {
    const result = await find('keyword=COURIR');
    expect(result).toMatchObject({ keyword: 'COURIR', total: 1 });
    expect(result.items[0]).toMatchObject({ id: 'early', author: 'La Fontaine' });
  });

  it('finds a new quote within a second, and a deleted one no more', async () => {
    await add({ id: 'late', text: 'Tout vient à point', author: 'Proverbe' });
    await eventually(async () => expect(idsOf(await find('keyword=vient'))).toEqual(['late']), { withinMs: 1_000 });
    await fetch(`${quotes.url}/quotes/late`, asAdmin('DELETE'));
    expect(idsOf(await find('keyword=vient'))).toEqual([]);
    await eventually(async () => expect((await find('keyword=vient')).total).toBe(0), { withinMs: 1_000 });
  });

  it('keeps to the limit, and says how many there are', async () => {
    await Promise.all([1, 2, 3].map((number) => add({ text: `même mot ${number}`, author: 'x' })));
    await eventually(async () => expect((await find('keyword=meme&limit=2')).total).toBe(3));
    expect(idsOf(await find('keyword=meme&limit=2'))).toHaveLength(2);
  });

  it('answers 304 where nothing changed', async () => {
    const url = `${search.url}/search?keyword=courir`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' } })).status).toBe(304);
  });

  it('refuses a search that cannot be', async () => {
    for (const query of [
      '',
      'keyword=',
      'keyword=%20',
      'keyword=a&limit=0',
      'keyword=a&keyword=b',
      `keyword=${'x'.repeat(500)}`,
    ]) {
      expect((await fetch(`${search.url}/search?${query}`)).status, query).toBe(400);
    }
  });

  it('lists the quotes of an author or a language, page by page, and tells whom there is', async () => {
    for (const id of ['hugo-1', 'hugo-2', 'hugo-3'])
      await add({ id, text: 'x', author: 'Victor Hugo', language: 'fr' });
    const list = async (query: string) => (await fetch(`${search.url}/search/quotes?${query}`)).json();
    const wanted = 'author=VICTOR+HUGO&language=fr&limit=2';
    await eventually(async () => expect((await list(wanted)).items).toHaveLength(2), { withinMs: 1_000 });
    await eventually(async () => expect((await list(wanted)).next).not.toBeNull(), { withinMs: 1_000 });
    const { items, next } = await list(wanted);
    const second = await list(`${wanted}&cursor=${next}`);
    expect([...items, ...second.items].map(({ id }) => id)).toEqual(['hugo-1', 'hugo-2', 'hugo-3']);
    expect(second.next).toBeNull();
    const filters = await (await fetch(`${search.url}/search/filters`)).json();
    expect(filters.authors).toContainEqual({ value: 'Victor Hugo', quotes: 3 });
    expect(filters.languages).toContainEqual({ value: 'fr', quotes: 3 });
    const etag = (await fetch(`${search.url}/search/quotes?${wanted}`)).headers.get('etag') ?? '';
    const again = await fetch(`${search.url}/search/quotes?${wanted}`, { headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(304);
    for (const query of ['language=french', 'author=', 'cursor=!', 'limit=0', 'text=x']) {
      expect((await fetch(`${search.url}/search/quotes?${query}`)).status, query).toBe(400);
    }
  });

  it('exports how far it is behind and how much it holds', async () => {
    const text = await (await fetch(`${search.adminUrl}/metrics`)).text();
    expect(text).toMatch(/^search_index_lag_seconds\{service="search"\} 0(\.\d+)?$/m);
    expect(text).toMatch(/^search_index_documents\{service="search"\} \d+$/m);
    expect(text).toMatch(/^redis_client_up\{service="search"\} 1$/m);
  });
});

/** A feed whose answers a test decides. */
class ScriptedFeed {
  records: Buffer[] = [];
  position: Position = ORIGIN;
  news: News[] = [];
  snapshots = 0;

  async latest(): Promise<Position> {
    return this.position;
  }
  async since(position: Position): Promise<News> {
    return this.news.shift() ?? { position, changes: [], more: false };
  }
  async *snapshot() {
    this.snapshots++;
    yield this.records;
  }
}

const json = (id: string, text: string) => JSON.stringify({ id, text, author: 'x' });
const change = (id: string, text: string, at: number): Change => ({ op: 'put', id, json: json(id, text), at });

describe('the follower', () => {
  const follow = (now = () => 0) => {
    const feed = new ScriptedFeed();
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    return { feed, lines, follower: new IndexFollower({ feed: feed as unknown as ChangeFeed, log, now, clock: now }) };
  };

  it('is ready once the index is built', async () => {
    const { feed, follower } = follow();
    feed.records = [Buffer.from(json('a', 'alpha'))];
    expect(follower.readiness()).toEqual({ ready: false, reason: 'the search index is being built' });
    await follower.poll();
    expect(follower.readiness().ready).toBe(true);
    expect(follower.index.search('alpha', 1).ids).toEqual(['a']);
  });

  it('has every name of an author ready to be compared before it answers, and lets others go on meanwhile', async () => {
    const { feed, follower } = follow();
    feed.records = Array.from({ length: 5_000 }, (_, number) =>
      Buffer.from(JSON.stringify({ id: `q${number}`, text: 'alpha', author: `Author ${number}` })),
    );
    const built = follower.poll();
    let turns = 0;
    for (; !follower.readiness().ready; turns++) await endOfTurn();
    expect(follower.index.foldAuthors().next().done).toBe(true);
    expect(turns).toBeGreaterThan(10);
    expect(follower.index.list({ author: 'AUTHOR 4999', limit: 2 })).toEqual({ ids: ['q4999'], more: false });
    await built;
  });

  it('builds anew when the stream does not lead on', async () => {
    const { feed, follower } = follow();
    feed.records = [Buffer.from(json('a', 'alpha'))];
    await follower.poll();
    feed.records = [Buffer.from(json('b', 'beta'))];
    feed.news = ['lost'];
    await follower.poll();
    expect(feed.snapshots).toBe(2);
    expect(follower.index.search('alpha', 1).total).toBe(0);
    expect(follower.index.search('beta', 1).total).toBe(1);
  });

  it('takes all portions of a long absence at once, and tells how late they were', async () => {
    let time = 10_000;
    const { feed, follower } = follow(() => time);
    await follower.poll();
    const position = { version: 1, mark: '' };
    feed.news = [
      { position, changes: [change('a', 'alpha', 7_000)], more: true },
      { position, changes: [change('b', 'beta', 9_500)], more: false },
    ];
    await follower.poll();
    expect(follower.index.size).toBe(2);
    expect(follower.lagSeconds()).toBe(0.5);
    time = 20_000;
    expect(follower.lagSeconds()).toBe(9.75);
  });

  it('leaves out what cannot be read, counts it, says so once, and finds everything else', async () => {
    const { feed, follower, lines } = follow();
    const withoutAuthor = JSON.stringify({ revision: '0123456789ab', id: 'half', text: 'alpha' });
    feed.records = ['{"revision":"0123456789ab","id":"torn', withoutAuthor, 'null', json('a', 'alpha')].map((text) =>
      Buffer.from(text),
    );
    await follower.poll();
    expect(follower.readiness().ready).toBe(true);
    expect(follower.index.search('alpha', 9)).toEqual({ ids: ['a'], total: 1, exact: true });
    const broken: Change = { op: 'put', id: 'a', json: '{', at: Number.NaN };
    feed.news = [{ position: { version: 2, mark: '' }, changes: [broken, change('b', 'beta', 0)], more: false }];
    await follower.poll();
    expect(follower.index.search('alpha', 9).total).toBe(0);
    expect(follower.index.search('beta', 9).ids).toEqual(['b']);
    expect([follower.skipped, follower.lagSeconds()]).toEqual([4, 0]);
    expect(lines.map((line) => JSON.parse(line).level)).toEqual([40]);
  });

  it('keeps its index when Redis is away', async () => {
    const { feed, follower } = follow();
    feed.records = [Buffer.from(json('a', 'alpha'))];
    await follower.poll();
    feed.since = () => Promise.reject(new Error('away'));
    follower.start();
    await expect(follower.poll()).rejects.toThrow('away');
    follower.stop();
    expect(follower.index.search('alpha', 1).total).toBe(1);
  });
});
