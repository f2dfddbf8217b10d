import type { ReadLink } from './connection.ts';

/** Fields of one HMGET: a longer one would keep Redis from others, and begin later than it could while this process is busy. */
const MAX_FIELDS = 250;

type Values = readonly (Buffer | null)[];

/** What was asked for in one turn, and what came of it. */
interface Batch {
  readonly ids: string[];
  readonly values: Promise<Values>;
  /** Asks Redis now, without waiting for the end of the turn. */
  readonly send: () => void;
}

/**
 * Reads fields of one hash: all reads that arrive in one turn of the event loop go to Redis as one HMGET.
 * Measured against auto-pipelining: 1.4 times the reads of a process, for commands and not bytes are what costs it.
 */
export class ReadBatcher {
  readonly #link: Pick<ReadLink, 'reads' | 'ask'>;
  readonly #key: string;
  #batch: Batch | undefined;

  constructor(link: Pick<ReadLink, 'reads' | 'ask'>, key: string) {
    this.#link = link;
    this.#key = key;
  }

  /** The stored bytes, or null. @throws StoreUnavailable */
  async get(id: string): Promise<Buffer | null> {
    const { ids, values } = this.#batchFor(1);
    const at = ids.push(id) - 1;
    return (await values)[at] ?? null;
  }

  /** The stored bytes of many ids, in order. @throws StoreUnavailable */
  async getMany(wanted: readonly string[]): Promise<Values> {
    const { ids, values } = this.#batchFor(wanted.length);
    const start = ids.length;
    ids.push(...wanted);
    return (await values).slice(start, start + wanted.length);
  }

  /** The batch of this turn, or a further one where it would grow too long: Redis then works while this process goes on. */
  #batchFor(count: number): Batch {
    const current = this.#batch;
    if (current !== undefined) {
      if (current.ids.length === 0 || current.ids.length + count <= MAX_FIELDS) return current;
      current.send();
    }
    this.#batch = this.#begin();
    return this.#batch;
  }

  #begin(): Batch {
    const ids: string[] = [];
    let send = () => {};
    const values = new Promise<Values>((resolve) => {
      const end = setImmediate(() => send());
      send = () => {
        clearImmediate(end);
        resolve(this.#read(ids));
      };
    });
    return { ids, values, send };
  }

  async #read(ids: readonly string[]): Promise<Values> {
    if (this.#batch?.ids === ids) this.#batch = undefined;
    const { reads, ask } = this.#link;
    return ids.length === 0 ? [] : ask(reads.hmgetBuffer(this.#key, ...ids));
  }
}
