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
  /** Pods of the service: each has a writer, and a quote is read back from another pod than the one that took it. */
  readonly urls: readonly string[];
  readonly adminKey: string;
  /** Distinguishes the quotes of one load from those of another. */
  readonly name: string;
  /** Acknowledged writes that are enough: from then on the writers only keep an eye on things. */
  readonly enough: number;
  /** Requests that all writers together have under way. @default 128 */
  readonly writers?: number;
  /** Of a writer, between a write and the next, where a processor kept full would be measured instead. @default 0 */
  readonly pauseMs?: number;
  /** Where to remember what was acknowledged. @default - a list of its own */
  readonly acknowledged?: string[];
}

const REQUEST_TIMEOUT_MS = 10_000;
/** After an answer that is no 201. */
const PAUSE_MS = 20;
/** Between the writes of a loop that has written enough. */
const WATCH_MS = 50;
const CHECKERS = 48;
/** How long an acknowledged quote may be asked for in vain before it counts as lost; 404 counts at once. */
const CHECK_TRIES = 500;

/** Those of the ids that are kept elsewhere than in the store: a restore hands them to the snapshot of what it replaced. */
export type Elsewhere = (ids: readonly string[]) => Promise<readonly string[]>;

/** A pod of the service, as the load sees it. */
interface Target {
  readonly writes: Pool;
  readonly reads: Pool;
  lastWriteAt: number;
}

/** Bounded writers that remember what was acknowledged and read each quote back at once, and a reader of what is long there. */
export class Load {
  readonly acknowledged: string[];
  /** Answers by status: 0 is a request that failed. */
  readonly statuses = new Map<number, number>();
  /** Refusals by the reason that the service gave. */
  readonly refusals = new Map<string, number>();
  readonly #props: Required<Omit<LoadProps, 'acknowledged'>>;
  readonly #targets: readonly [Target, ...Target[]];
  readonly #writes = new Gaps();
  readonly #reads = new Gaps();
  readonly wrong: string[] = [];
  #sent = 0;
  #running = true;
  #loops: Promise<unknown> = Promise.resolve();

  constructor({ writers = 128, pauseMs = 0, acknowledged = [], ...props }: LoadProps) {
    const pool = (url: string, connections: number) =>
      new Pool(url, { connections, headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: REQUEST_TIMEOUT_MS });
    const [first, ...others] = props.urls.map((url) => ({
      writes: pool(url, writers / props.urls.length),
      reads: pool(url, CHECKERS),
      lastWriteAt: performance.now(),
    }));
    if (first === undefined) throw new Error('the load needs the address of a pod');
    this.#props = { ...props, writers, pauseMs };
    this.acknowledged = acknowledged;
    this.#targets = [first, ...others];
  }

  start(): void {
    const writing = Array.from({ length: this.#props.writers }, (_, index) => this.#write(this.#target(index), index));
    this.#loops = Promise.all([...writing, this.#read()]);
  }

  /** Since when every pod has acknowledged a write. */
  get lastWriteAt(): number {
    return Math.min(...this.#targets.map(({ lastWriteAt }) => lastWriteAt));
  }

  /** When a quote was last read. */
  get lastReadAt(): number {
    return this.#reads.lastAt;
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
  async figures(elsewhere: Elsewhere = async () => []): Promise<Figures> {
    const missing = await this.missing();
    await Promise.all(this.#targets.flatMap(({ writes, reads }) => [writes.close(), reads.close()]));
    const kept = new Set(await elsewhere([...new Set([...missing, ...this.wrong])]));
    return {
      sent: this.#sent,
      acknowledged: this.acknowledged.length,
      lost: missing.filter((id) => !kept.has(id)).length,
      wrong404: this.wrong.filter((id) => !kept.has(id)).length,
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
      const { status, text } = await this.#get(id, tries);
      if (status === 200) return text.includes(textOf(id));
      if (status === 404) return false;
      await pause(PAUSE_MS);
    }
    return false;
  }

  #target(index: number): Target {
    return this.#targets[index % this.#targets.length] ?? this.#targets[0];
  }

  async #write(target: Target, index: number): Promise<void> {
    while (this.#running) {
      const id = `${this.#props.name}-${this.#sent++}`;
      const status = await this.#post(target.writes, id);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (status === 201) {
        this.acknowledged.push(id);
        this.#writes.mark();
        target.lastWriteAt = performance.now();
        if ((await this.#get(id, index + 1)).status === 404) this.wrong.push(id);
      }
      if (status !== 201) await pause(PAUSE_MS);
      else if (this.enough) await pause(Math.max(WATCH_MS, this.#props.pauseMs));
      else if (this.#props.pauseMs > 0) await pause(this.#props.pauseMs);
    }
  }

  async #post(pool: Pool, id: string): Promise<number> {
    const body = JSON.stringify({ id, text: textOf(id), author: 'Nobody' });
    const headers = { authorization: this.#props.adminKey, 'content-type': 'application/json' };
    try {
      const answer = await pool.request({ method: 'POST', path: '/quotes', headers, body });
      if (answer.statusCode === 503) this.#refused((await answer.body.json()) as { detail?: string });
      else await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  #refused({ detail = 'no reason' }: { detail?: string }): void {
    this.refusals.set(detail, (this.refusals.get(detail) ?? 0) + 1);
  }

  async #read(): Promise<void> {
    for (let index = 0; this.#running; index += 1) {
      const id = this.acknowledged[Math.floor(Math.random() * this.acknowledged.length)];
      const status = id === undefined ? 0 : (await this.#get(id, index)).status;
      if (id !== undefined && status === 404) this.wrong.push(id);
      await pause(PAUSE_MS);
    }
  }

  async #get(id: string, index: number): Promise<{ status: number; text: string }> {
    try {
      const answer = await this.#target(index).reads.request({ method: 'GET', path: `/quotes/${id}` });
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
