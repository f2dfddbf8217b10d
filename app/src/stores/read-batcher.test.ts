import { describe, expect, it } from 'vitest';
import { ReadBatcher } from './read-batcher.ts';
import type { RedisClient } from './redis-factory.ts';
import { ask, StoreUnavailable } from './store-unavailable.ts';

const batcherOf = (hmgetBuffer: unknown) =>
  new ReadBatcher({ reads: { hmgetBuffer } as unknown as RedisClient, ask }, 'key');

/** A Redis that answers each field with its own name, and nothing for `absent`; it notes how it was asked. */
function echo() {
  const asked: string[][] = [];
  const hmgetBuffer = async (_key: string, ...ids: string[]) => {
    asked.push(ids);
    return ids.map((id) => (id === 'absent' ? null : Buffer.from(id)));
  };
  return { asked, batcher: batcherOf(hmgetBuffer) };
}

const texts = (values: readonly (Buffer | null)[]) => values.map((value) => value?.toString() ?? null);

describe('the read batcher', () => {
  it('asks once for all reads of a turn, and gives each caller its own', async () => {
    const { asked, batcher } = echo();
    const [one, many, none, other] = await Promise.all([
      batcher.get('a'),
      batcher.getMany(['b', 'absent', 'c']),
      batcher.getMany([]),
      batcher.get('absent'),
    ]);
    expect(one?.toString()).toBe('a');
    expect(texts(many)).toEqual(['b', null, 'c']);
    expect(none).toEqual([]);
    expect(other).toBeNull();
    expect(asked).toEqual([['a', 'b', 'absent', 'c', 'absent']]);
  });

  it('does not ask for nothing', async () => {
    const { asked, batcher } = echo();
    expect(await batcher.getMany([])).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('keeps each command short, and does not wait for the end of the turn with one that is full', async () => {
    const { asked, batcher } = echo();
    const ids = Array.from({ length: 30 }, (_, page) => Array.from({ length: 20 }, (_, at) => `${page}-${at}`));
    const answers = Promise.all(ids.map((page) => batcher.getMany(page)));
    expect(asked.map(({ length }) => length)).toEqual([240, 240]);
    expect((await answers).map(texts)).toEqual(ids);
    expect(asked.map(({ length }) => length)).toEqual([240, 240, 120]);
  });

  it('tells every caller of a batch that the store is away', async () => {
    const hmgetBuffer = () => Promise.reject(new Error('away'));
    const batcher = batcherOf(hmgetBuffer);
    const results = await Promise.allSettled([batcher.get('a'), batcher.getMany(['b'])]);
    for (const result of results) expect(result).toMatchObject({ reason: expect.any(StoreUnavailable) });
  });
});
