import { setTimeout as pause } from 'node:timers/promises';
import { SEED_QUOTES, type SeedQuote } from './quotes.ts';

/**
 * Quotes that are added at once. An emulated store holds the process up for each (4 ms), and requests are answered in between;
 * a real one is to be done soon, because what a process that is killed has not added is never added.
 */
const TOGETHER = 20;

/** The part of the quote store that the seed needs. */
export interface SeededStore {
  count(): Promise<number>;
  add(quote: SeedQuote): Promise<unknown>;
}

export interface LoadSeedOptions {
  /** Ends the waiting for a store that does not answer. */
  readonly signal: AbortSignal;
  /** Pause in ms before a store that did not answer is asked again. @default 500 */
  readonly retryMs?: number;
}

/**
 * Fills an empty store, once it answers. Ids are fixed, so two processes that do this at once make no quote twice.
 * @returns quotes that were added: 0 where there was something already, or the process ended first
 */
export async function loadSeed(store: SeededStore, { signal, retryMs = 500 }: LoadSeedOptions): Promise<number> {
  let begun = false;
  while (!signal.aborted) {
    try {
      if (!begun && (await store.count()) > 0) return 0;
      begun = true;
      for (let next = 0; next < SEED_QUOTES.length; next += TOGETHER) {
        await Promise.all(SEED_QUOTES.slice(next, next + TOGETHER).map((quote) => store.add(quote)));
        await pause(0);
      }
      return SEED_QUOTES.length;
    } catch {
      // The store is not there yet, or went away half-way: what is missing is added by the next attempt.
      await pause(retryMs, undefined, { signal }).catch(() => {});
    }
  }
  return 0;
}
