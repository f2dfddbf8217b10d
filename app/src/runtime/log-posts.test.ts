import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { StubService } from '../../../test/stub-service.ts';
import { LogPosts } from './log-posts.ts';
import { BlockSink } from './log-sink.ts';

describe('lines that are posted to a log store', () => {
  let store: StubService;
  afterEach(() => store.stop());
  const linesOf = () => store.requests.flatMap(({ body }) => body.split('\n').filter((line) => line !== ''));

  it('arrive whole and in order, and all that gathered during one post is the next', async () => {
    store = await StubService.start(() => ({ afterMs: 50 }));
    const posts = new LogPosts(store.url);
    const lines = [...Array(50).keys()].map((n) => `{"n":${n}}`);
    for (const line of lines) posts.write(`${line}\n`);
    await eventually(() => expect(linesOf()).toEqual(lines));
    expect(store.requests.length).toBeLessThan(4);
  });

  it('are sent again until a store that was away takes them', async () => {
    store = await StubService.start(() =>
      store.requests.length === 1 ? 'reset' : { status: store.requests.length === 2 ? 503 : 204 },
    );
    const posts = new LogPosts(store.url);
    posts.write('{"n":1}\n');
    await eventually(() => expect(store.requests).toHaveLength(3));
    await eventually(() => expect(posts.writableLength).toBe(0));
    expect(posts.dropped).toBe(0);
  });

  it('are not taken by an address that sends them elsewhere', async () => {
    store = await StubService.start(() => ({ status: 307 }));
    const posts = new LogPosts(store.url);
    posts.write('{"n":1}\n');
    await eventually(() => expect(posts.dropped).toBe(1));
    expect(store.requests).toHaveLength(1);
  });

  it.each([
    ['one that it cannot read', ({ body }: { body: string }) => (body.includes('"n":3}') ? 400 : 204), 1],
    ['a post that is too long', ({ body }: { body: string }) => (body.length > 30 ? 413 : 204), 0],
    ['everything, without a right to it', () => 401, 10],
  ])('are dropped alone: a store refuses %s', async (_, status, dropped) => {
    store = await StubService.start((request) => ({ status: status(request) }));
    const posts = new LogPosts(store.url);
    const lines = [...Array(10).keys()].map((n) => `{"n":${n}}`);
    posts.write(`${lines.join('\n')}\n`);
    await eventually(() => expect(posts.writableLength).toBe(0));
    expect(posts.dropped).toBe(dropped);
    const taken = store.requests
      .filter((request) => status(request) < 300)
      .flatMap(({ body }) => body.trim().split('\n'));
    expect(taken).toHaveLength(10 - dropped);
    expect(new Set(taken).size).toBe(taken.length);
  });

  it('are there when the log has ended, and nothing empty was sent', async () => {
    store = await StubService.start(() => ({ afterMs: 20 }));
    const sink = new BlockSink(new LogPosts(store.url));
    sink.write('{"n":1}\n');
    await sink.end();
    await eventually(() => expect(store.requests.map(({ body }) => body)).toEqual(['{"n":1}\n']));
  });

  it('are counted where the store refuses them, or is away for longer than the bound, and no other output misses one', async () => {
    store = await StubService.start(() => ({ status: 400 }));
    const posts = new LogPosts(store.url);
    const sink = new BlockSink(posts);
    sink.write('{"n":1}\n{"n":2}\n');
    sink.flush();
    await eventually(() => expect(sink.dropped).toBe(2));
    store.answers(() => 'hang');
    for (let n = 0; n < 6_000; n++) sink.write(`${'x'.repeat(999)}\n`);
    expect(posts.writableLength).toBeLessThan(5 * 2 ** 20);
    expect(sink.dropped).toBeGreaterThan(1_000);
  });
});
