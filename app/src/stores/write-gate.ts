import { once } from 'node:events';
import type { Acknowledgement } from '../runtime/config.ts';
import type { RedisClient } from './redis-factory.ts';
import { ask, StoreUnavailable } from './store-unavailable.ts';

/** Longest time in ms for the replicas' memory and for every disk, together below the command timeout; and for a connection. */
const MEMORY_TIMEOUT_MS = 500;
const DISK_TIMEOUT_MS = 1_000;
const CONNECTION_TIMEOUT_MS = 500;

export interface WriteGateProps {
  /** Of its own: an acknowledgement speaks of the writes of its connection, and stalls whatever is behind it. */
  readonly client: RedisClient;
  readonly acknowledgement: Acknowledgement;
  /** Told of each group: why it failed, or undefined. */
  readonly onResult?: (error: Error | undefined) => void;
}

/** A call of one of STORE_FUNCTIONS. */
export interface Write {
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

interface Pending {
  readonly write: Write;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Reply = readonly [error: Error | null, reply: unknown] | undefined;

/**
 * The only way to write. Writes are committed in groups: all that arrive while one group waits form the next, each group is
 * one pipeline that ends with the acknowledgement. Nothing is sent twice: whoever asked for a write decides what comes next.
 */
export class WriteGate {
  readonly #props: WriteGateProps;
  #pending: Pending[] = [];
  #committing = false;
  /** Connections that ended: an answer counts only on the connection that took the writes. */
  #ended = 0;

  constructor(props: WriteGateProps) {
    this.#props = props;
    props.client.on('close', () => this.#ended++);
  }

  /** @throws StoreUnavailable when the store fails or too few disks confirm; the write may then exist or not */
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
      await this.#commit(group).catch((error: Error) => {
        this.#props.onResult?.(error);
        for (const { reject } of group) reject(error);
      });
    }
    this.#committing = false;
  }

  async #commit(group: readonly Pending[]): Promise<void> {
    const { client, acknowledgement, onResult } = this.#props;
    await untilReady(client);
    const ended = this.#ended;
    const pipeline = client.pipeline();
    for (const { write } of group) pipeline.fcall(write.name, write.keys.length, ...write.keys, ...write.args);
    confirm(pipeline, acknowledgement);
    const replies = (await pipeline.exec()) ?? [];
    if (ended !== this.#ended) throw new StoreUnavailable('The connection ended before the writes were acknowledged.');
    const shortage = shortageOf(replies.slice(group.length).at(-1), acknowledgement);
    // Its replicas may have left it for another primary: a connection made anew is one to whoever the Sentinels name now.
    if (shortage !== undefined) client.disconnect(true);
    const errors = replies.map(([error]) => error).filter((error) => error !== null);
    onResult?.(errors[0] ?? shortage);
    group.forEach(({ resolve, reject }, index) => {
      const [error, reply] = replies[index] ?? [new StoreUnavailable('The store did not answer this write.')];
      if (error ?? shortage) reject(error ?? shortage);
      else resolve(reply);
    });
  }
}

/** A client that is not connected keeps commands and may send them in another order: an acknowledgement before its writes. */
async function untilReady(client: RedisClient): Promise<void> {
  if (client.status === 'ready') return;
  await once(client, 'ready', { signal: AbortSignal.timeout(CONNECTION_TIMEOUT_MS) });
}

/**
 * WAITAOF alone takes a second: a replica tells of its disk when it is asked, and when it is asked it has not written yet; the
 * next time is its own report, each second. WAIT before it makes that the second question, which finds the write on the disk.
 */
function confirm(pipeline: ReturnType<RedisClient['pipeline']>, { kind, replicas }: Acknowledgement): void {
  if (kind !== 'none' && replicas > 0) pipeline.wait(replicas, MEMORY_TIMEOUT_MS);
  if (kind === 'disk') pipeline.call('WAITAOF', 1, replicas, DISK_TIMEOUT_MS);
}

/** Why the group is not safe, or undefined. */
function shortageOf(reply: Reply, { kind, replicas }: Acknowledgement): Error | undefined {
  if (kind === 'none' || (kind === 'memory' && replicas === 0)) return undefined;
  const [error, confirmed] = reply ?? [new StoreUnavailable('Nobody was asked for an acknowledgement.'), 0];
  if (error) return error;
  const [disks, others] = kind === 'disk' && Array.isArray(confirmed) ? confirmed.map(Number) : [1, Number(confirmed)];
  if (disks === 1 && others !== undefined && others >= replicas) return undefined;
  return new StoreUnavailable(
    `Of ${replicas} replicas ${others} confirmed the write in time, of its own disk ${disks}.`,
  );
}
