import type { ChainableCommander } from 'ioredis';
import type { RedisClient } from './redis-factory.ts';
import { ask, StoreUnavailable } from './store-unavailable.ts';

/** How long the replicas may take to confirm; below the command timeout, or the answer could not be read. */
const WAIT_TIMEOUT_MS = 1_000;

export interface WriteGateProps {
  readonly client: RedisClient;
  /** Replicas that must hold a write before it is acknowledged; 0 where there are none. */
  readonly replicas: number;
}

/** Adds one write to the group's pipeline. */
export type Write = (pipeline: ChainableCommander) => ChainableCommander;

interface Pending {
  readonly write: Write;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The only way to write. Where replicas must confirm, writes are committed in groups: all that arrive while one group
 * waits form the next, each group is one pipeline that ends with WAIT. On the same connection, because WAIT speaks of
 * the writes of its own connection; apart from the reads, because WAIT stalls whatever is behind it.
 */
export class WriteGate {
  readonly #props: WriteGateProps;
  #pending: Pending[] = [];
  #committing = false;

  constructor(props: WriteGateProps) {
    this.#props = props;
  }

  /** @throws StoreUnavailable when Redis fails or too few replicas confirm; the write may then exist or not */
  async run(write: Write): Promise<unknown> {
    const reply = new Promise<unknown>((resolve, reject) => this.#pending.push({ write, resolve, reject }));
    if (!this.#committing) void this.#commitAll();
    return ask(reply);
  }

  async #commitAll(): Promise<void> {
    this.#committing = true;
    // Everything that arrives in this turn of the event loop shares the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.length > 0) {
      const group = this.#pending;
      this.#pending = [];
      await this.#commit(group).catch((error: unknown) => {
        for (const { reject } of group) reject(error);
      });
    }
    this.#committing = false;
  }

  async #commit(group: readonly Pending[]): Promise<void> {
    const { client, replicas } = this.#props;
    const pipeline = client.pipeline();
    for (const { write } of group) write(pipeline);
    if (replicas > 0) pipeline.wait(replicas, WAIT_TIMEOUT_MS);
    const replies = (await pipeline.exec()) ?? [];
    const shortage = replicas > 0 ? shortageOf(replies.at(group.length), replicas) : undefined;
    group.forEach(({ resolve, reject }, index) => {
      const [error, reply] = replies[index] ?? [new StoreUnavailable('The store did not answer this write.')];
      if (error ?? shortage) reject(error ?? shortage);
      else resolve(reply);
    });
  }
}

/** Why the group is not safe yet, or undefined. */
function shortageOf(reply: [Error | null, unknown] | undefined, replicas: number): Error | undefined {
  const [error, confirmed] = reply ?? [new StoreUnavailable('The replicas were not asked.'), 0];
  if (error) return error;
  if (Number(confirmed) >= replicas) return undefined;
  return new StoreUnavailable(`Only ${confirmed} of ${replicas} replicas confirmed the write in time.`);
}
