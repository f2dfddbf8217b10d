import { Pool } from 'undici';

/** What one line of the matrix says. */
export interface Figures {
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged, and not there at the end. */
  readonly lost: number;
  /** 404 for a quote that had been acknowledged. */
  readonly wrong404: number;
  readonly longestWithoutWriteMs: number;
  readonly longestWithoutReadMs: number;
  readonly refused503: number;
  /** Requests without an answer, or with another than 201 and 503. */
  readonly failed: number;
}

export interface LoadProps {
  readonly url: string;
  readonly adminKey: string;
  /** Distinguishes the quotes of one load from those of another. */
  readonly name: string;
  /** Acknowledged writes that are enough: from then on the writers only keep an eye on things. */
  readonly enough: number;
}

const WRITERS = 2;
/** Requests that one writer has under way. */
const CONCURRENCY = 64;
const REQUEST_TIMEOUT_MS = 10_000;
/** After an answer that is no 201. */
const PAUSE_MS = 20;
/** Between the writes of a loop that has written enough. */
const WATCH_MS = 50;
const CHECKERS = 48;
/** How long an acknowledged quote may be asked for in vain before it counts as lost; 404 counts at once. */
const CHECK_TRIES = 500;

/** Two bounded writers that remember what was acknowledged and read each quote back at once, and a reader of what is long there. */
export class Load {
  readonly acknowledged: string[] = [];
  /** Answers by status: 0 is a request that failed. */
  readonly statuses = new Map<number, number>();
  readonly #props: LoadProps;
  readonly #writers: Pool[];
  readonly #reader: Pool;
  readonly #writes = new Gaps();
  readonly #reads = new Gaps();
  readonly wrong: string[] = [];
  #sent = 0;
  #running = true;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(props: LoadProps) {
    const pool = (connections: number) =>
      new Pool(props.url, { connections, headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: REQUEST_TIMEOUT_MS });
    this.#props = props;
    this.#writers = Array.from({ length: WRITERS }, () => pool(CONCURRENCY));
    this.#reader = pool(CHECKERS);
  }

  start(): void {
    const writing = this.#writers.flatMap((pool) => Array.from({ length: CONCURRENCY }, () => this.#write(pool)));
    this.#loops = Promise.all([...writing, this.#read()]);
  }

  /** Acknowledged writes since a moment. */
  get lastWriteAt(): number {
    return this.#writes.lastAt;
  }

  get enough(): boolean {
    return this.acknowledged.length >= this.#props.enough;
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#loops;
    this.#writes.end();
    this.#reads.end();
  }

  /** Asks for everything that was acknowledged. */
  async figures(): Promise<Figures> {
    const lost = await this.missing();
    await Promise.all([...this.#writers, this.#reader].map((pool) => pool.close()));
    return {
      sent: this.#sent,
      acknowledged: this.acknowledged.length,
      lost: lost.length,
      wrong404: this.wrong.length,
      longestWithoutWriteMs: Math.round(this.#writes.longestMs),
      longestWithoutReadMs: Math.round(this.#reads.longestMs),
      refused503: this.statuses.get(503) ?? 0,
      failed: [...this.statuses].reduce(
        (sum, [status, count]) => (status === 201 || status === 503 ? sum : sum + count),
        0,
      ),
    };
  }

  async missing(): Promise<string[]> {
    const lost: string[] = [];
    let next = 0;
    const check = async () => {
      for (let id = this.acknowledged[next++]; id !== undefined; id = this.acknowledged[next++]) {
        if (!(await this.#present(id))) lost.push(id);
      }
    };
    await Promise.all(Array.from({ length: CHECKERS }, check));
    return lost;
  }

  async #present(id: string): Promise<boolean> {
    for (let tries = 0; tries < CHECK_TRIES; tries += 1) {
      const { status, text } = await this.#get(id);
      if (status === 200) return text.includes(textOf(id));
      if (status === 404) return false;
      await pause(PAUSE_MS);
    }
    return false;
  }

  async #write(pool: Pool): Promise<void> {
    while (this.#running) {
      const id = `${this.#props.name}-${this.#sent++}`;
      const status = await this.#post(pool, id);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (status === 201) {
        this.acknowledged.push(id);
        this.#writes.mark();
        if ((await this.#get(id)).status === 404) this.wrong.push(id);
      }
      if (status !== 201) await pause(PAUSE_MS);
      else if (this.enough) await pause(WATCH_MS);
    }
  }

  async #post(pool: Pool, id: string): Promise<number> {
    const body = JSON.stringify({ id, text: textOf(id), author: 'Nobody' });
    const headers = { authorization: this.#props.adminKey, 'content-type': 'application/json' };
    try {
      const answer = await pool.request({ method: 'POST', path: '/quotes', headers, body });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  async #read(): Promise<void> {
    while (this.#running) {
      const id = this.acknowledged[Math.floor(Math.random() * this.acknowledged.length)];
      const status = id === undefined ? 0 : (await this.#get(id)).status;
      if (id !== undefined && status === 404) this.wrong.push(id);
      await pause(PAUSE_MS);
    }
  }

  async #get(id: string): Promise<{ status: number; text: string }> {
    try {
      const answer = await this.#reader.request({ method: 'GET', path: `/quotes/${id}` });
      const text = await answer.body.text();
      if (answer.statusCode === 200) this.#reads.mark();
      return { status: answer.statusCode, text };
    } catch {
      return { status: 0, text: '' };
    }
  }
}

/** The longest time between two successes. */
class Gaps {
  lastAt = performance.now();
  longestMs = 0;
  #ended = false;

  mark(): void {
    if (this.#ended) return;
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.lastAt);
    this.lastAt = now;
  }

  end(): void {
    this.mark();
    this.#ended = true;
  }
}

function textOf(id: string): string {
  return `What is written as ${id} stays.`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
