import type { RedisClient } from './redis-factory.ts';
import { ask } from './store-unavailable.ts';

/** Fields of one HMGET: a longer one would keep Redis from others for too long. */
const MAX_FIELDS = 500;

interface Waiting {
  readonly id: string;
  readonly resolve: (value: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads fields of one hash: all reads that arrive in one turn of the event loop go to Redis as one HMGET.
 * Measured against auto-pipelining: 1.4 times the reads of a process, for commands and not bytes are what costs it.
 */
export class ReadBatcher {
  readonly #client: RedisClient;
  readonly #key: string;
  #waiting: Waiting[] = [];

  constructor(client: RedisClient, key: string) {
    this.#client = client;
    this.#key = key;
  }

  /** The stored bytes, or null. @throws StoreUnavailable */
  get(id: string): Promise<Buffer | null> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ id, resolve, reject }) === 1) setImmediate(() => this.#flush());
    });
  }

  /** The stored bytes of many ids, in order. @throws StoreUnavailable */
  getMany(ids: readonly string[]): Promise<(Buffer | null)[]> {
    return Promise.all(ids.map((id) => this.get(id)));
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < waiting.length; start += MAX_FIELDS) {
      void this.#read(waiting.slice(start, start + MAX_FIELDS));
    }
  }

  async #read(batch: readonly Waiting[]): Promise<void> {
    try {
      const values = await ask(this.#client.hmgetBuffer(this.#key, ...batch.map(({ id }) => id)));
      batch.forEach(({ resolve }, index) => {
        resolve(values[index] ?? null);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
