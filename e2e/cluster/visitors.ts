import type { Readable } from 'node:stream';
import { Pool } from 'undici';

/** What visitors ask for again and again. */
export interface Asked {
  /** As the machine reaches it. */
  readonly url: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => string | Readable;
  /** The only status that is no failure. @default 200 */
  readonly status?: number;
  /** Requests that are under way together. */
  readonly visitors: number;
  /** Of one visitor, between an answer and the next question. @default 0 */
  readonly pauseMs?: number;
}

/** Asks until it is stopped, and counts what was not answered as promised. */
export class Visitors {
  sent = 0;
  /** What was answered otherwise, by status; 0 is a request without an answer. */
  readonly failures = new Map<number, number>();
  readonly #running: Promise<unknown>;
  readonly #pools: Pool[] = [];
  #stopped = false;

  constructor(asked: readonly Asked[]) {
    this.#running = Promise.all(
      asked.flatMap((what) => {
        const pool = new Pool(what.url, { connections: what.visitors, headersTimeout: 10_000, bodyTimeout: 10_000 });
        this.#pools.push(pool);
        return Array.from({ length: what.visitors }, () => this.#visit(pool, what));
      }),
    );
  }

  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await Promise.all(this.#pools.map((pool) => pool.close()));
  }

  async #visit(pool: Pool, { path, method = 'GET', headers = {}, body, status = 200, pauseMs = 0 }: Asked) {
    while (!this.#stopped) {
      this.sent += 1;
      const got = await pool.request({ path, method, headers, body: body?.() ?? null }).then(
        async (answer) => {
          await answer.body.dump();
          return answer.statusCode;
        },
        () => 0,
      );
      if (got !== status) this.failures.set(got, (this.failures.get(got) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, got === status ? pauseMs : 20));
    }
  }
}
