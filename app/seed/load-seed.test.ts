import { describe, expect, it } from 'vitest';
import { loadSeed, type SeededStore } from './load-seed.ts';
import { SEED_QUOTES, type SeedQuote } from './quotes.ts';

const never = new AbortController().signal;

function storeOf(present: number, failures = 0): SeededStore & { readonly created: SeedQuote[] } {
  const created: SeedQuote[] = [];
  let left = failures;
  return {
    created,
    count: async () => {
      if (left-- > 0) throw new Error('the store does not answer');
      return present;
    },
    add: async (quote) => created.push(quote),
  };
}

describe('loading the seed', () => {
  it('adds every quote to an empty store', async () => {
    const store = storeOf(0);
    expect(await loadSeed(store, { signal: never })).toBe(SEED_QUOTES.length);
    expect(store.created).toEqual(SEED_QUOTES);
  });

  it('is done in a few portions, and lets others go on between them', async () => {
    const portions: number[] = [];
    let isFirst = true;
    const add = async () => {
      // Timers of one length come in order: this one before whatever the seed waits for.
      if (isFirst) setTimeout(() => (isFirst = true), 0);
      portions.push(isFirst ? 1 : (portions.pop() ?? 0) + 1);
      isFirst = false;
    };
    await loadSeed({ count: async () => 0, add }, { signal: never });
    expect(portions.reduce((sum, size) => sum + size, 0)).toBe(SEED_QUOTES.length);
    expect(portions.length).toBeLessThanOrEqual(8);
    expect(Math.max(...portions)).toBeLessThanOrEqual(25);
  });

  it('adds nothing where there is something', async () => {
    const store = storeOf(1);
    expect(await loadSeed(store, { signal: never })).toBe(0);
    expect(store.created).toEqual([]);
  });

  it('waits for a store that does not answer yet', async () => {
    const store = storeOf(0, 3);
    expect(await loadSeed(store, { signal: never, retryMs: 1 })).toBe(SEED_QUOTES.length);
  });

  it('goes on where the store went away half-way', async () => {
    const ids = new Set<string>();
    let calls = 0;
    const store: SeededStore = {
      count: async () => ids.size,
      add: async ({ id }) => {
        if (++calls === 10) throw new Error('the store went away');
        ids.add(id);
      },
    };
    await loadSeed(store, { signal: never, retryMs: 1 });
    expect(ids.size).toBe(SEED_QUOTES.length);
  });

  it('gives up when the process ends', async () => {
    const store = storeOf(0, Number.POSITIVE_INFINITY);
    expect(await loadSeed(store, { signal: AbortSignal.timeout(20), retryMs: 5 })).toBe(0);
    expect(store.created).toEqual([]);
  });
});
