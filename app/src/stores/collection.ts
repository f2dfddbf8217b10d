import { hash } from 'node:crypto';
import { type DataSet, STORE_FUNCTIONS } from '../../contract.ts';
import type { RedisLink } from './connection.ts';
import { encodeCursor } from './ids.ts';
import { type CollectionKeys, collectionKeys, expiringKey, FOLLOWED } from './keys.ts';
import { ReadBatcher } from './read-batcher.ts';
import { type Accepts, isRecord, revisionOf, type StoredRecord } from './record.ts';

/** A page as it is sent: the stored bytes between brackets. */
export interface StoredPage {
  readonly json: Buffer;
  /** Digest of the bytes: no restart, restore or race gives one tag to two different pages. */
  readonly tag: string;
}

/** What a client sends to be able to repeat a request: digests of its key and of its payload, each of one length. */
export interface Repeatable {
  readonly key: string;
  readonly fingerprint: string;
}

/** A new record as it ended: `json` is the stored one, of an earlier request with the same key too. */
export type Creation = { readonly json: string } | 'taken' | 'other payload';

export interface PageOptions {
  readonly limit: number;
  /** The last id of the page before. @default - the first page */
  readonly after?: string;
}

/** The result of writing what was there: 'changed' means that it has another revision than the expected one. */
export type Written = 'written' | 'absent' | 'changed';

const WRITTEN = new Map<unknown, Written>([
  [1, 'written'],
  [0, 'absent'],
  [-1, 'changed'],
]);

/** Records that are drawn before there is taken to be none: one may be broken, or removed between two reads. */
const MAX_TRIES = 3;

const HEAD = Buffer.from('{"items":[');
const COMMA = Buffer.from(',');

/** Records under ids, in one slot of Redis: read as bytes, listed in the order of their ids, written atomically. */
export class Collection {
  readonly #link: RedisLink;
  readonly #keys: CollectionKeys;
  readonly #records: ReadBatcher;
  readonly #pages = new TickShare<StoredPage>();
  readonly #name: DataSet;

  constructor(link: RedisLink, name: DataSet) {
    this.#link = link;
    this.#name = name;
    this.#keys = collectionKeys(name);
    this.#records = new ReadBatcher(link, this.#keys.data);
  }

  /** The record's bytes, or null. @throws Error where what is stored is none: nobody may take it for one */
  get(id: string): Promise<Buffer | null> {
    return this.#records.get(id).then((stored) => {
      if (stored === null || isRecord(stored)) return stored;
      this.#link.onBroken();
      throw new Error(`what is stored under '${id}' is no record`);
    });
  }

  /** The same of whatever is stored, for whoever is about to replace or remove it. */
  stored(id: string): Promise<Buffer | null> {
    return this.#records.get(id);
  }

  /** A page in the order of ids, as it is sent; its cost is that of its own length, wherever it starts. */
  page(options: PageOptions): Promise<StoredPage> {
    return this.#pages.get(`${options.limit} ${options.after ?? ''}`, () => this.#loadPage(options));
  }

  /** A record that each has the same chance to be, or undefined where there is none. */
  async random(): Promise<Buffer | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const id = await this.#link.ask(this.#link.reads.hrandfield(this.#keys.data));
      const stored = typeof id === 'string' ? await this.#records.get(id) : null;
      if (stored !== null && isRecord(stored)) return stored;
      if (stored !== null) this.#link.onBroken();
    }
    return undefined;
  }

  async count(): Promise<number> {
    return this.#link.ask(this.#link.reads.zcard(this.#keys.ids));
  }

  /** Stores a new record with what is kept but never sent; a repeated request gets the first one's record. */
  async create(id: string, { json }: StoredRecord, secret = '', repeat?: Repeatable): Promise<Creation> {
    const keys = repeat === undefined ? [] : [expiringKey(this.#name, 'answer', repeat.key)];
    const reply = await this.#write('create', id, [json, secret, repeat?.fingerprint ?? ''], keys);
    if (typeof reply === 'string') return { json: reply };
    if (reply === 1) return { json };
    return reply === -1 ? 'other payload' : 'taken';
  }

  /** Whether an id is taken, as durably as if this had written it: no record has an empty revision. */
  async isTaken(id: string): Promise<boolean> {
    return (await this.#write('replace', id, ['', ''])) === -1;
  }

  /** Replaces a record that still has the given revision. */
  async replace(id: string, { json }: StoredRecord, revision: string): Promise<Written> {
    return WRITTEN.get(await this.#write('replace', id, [json, revision])) ?? 'absent';
  }

  /**
   * Removes a record.
   * @param accepts whether its revision may be removed; without it, whatever is there is
   */
  async remove(id: string, accepts?: Accepts): Promise<Written> {
    const current = accepts === undefined ? undefined : await this.stored(id);
    if (current === null) return 'absent';
    const revision = current === undefined ? '' : revisionOf(current);
    if (accepts?.(revision) === false) return 'changed';
    return WRITTEN.get(await this.#write('remove', id, [revision])) ?? 'absent';
  }

  #write(
    name: keyof typeof STORE_FUNCTIONS,
    id: string,
    args: readonly string[],
    more: readonly string[] = [],
  ): Promise<unknown> {
    const { data, ids, version, changes, secrets } = this.#keys;
    const followed = FOLLOWED.includes(this.#name) ? 1 : 0;
    return this.#link.writes.run({
      name: STORE_FUNCTIONS[name],
      keys: [data, ids, version, changes, secrets, ...more],
      args: [id, Date.now(), followed, ...args],
    });
  }

  async #loadPage({ limit, after }: PageOptions): Promise<StoredPage> {
    const { reads, ask } = this.#link;
    const from = after === undefined ? '-' : `(${after}`;
    const ids = await ask(reads.zrangebylex(this.#keys.ids, from, '+', 'LIMIT', 0, limit + 1));
    const shown = ids.slice(0, limit);
    const last = ids.length > limit ? shown.at(-1) : undefined;
    const records = shown.length === 0 ? [] : await ask(reads.hmgetBuffer(this.#keys.data, ...shown));
    // One that was removed between the two reads is left out, and one that is none any more.
    const present = records.filter((record) => record !== null);
    const whole = present.filter(isRecord);
    if (whole.length < present.length) this.#link.onBroken();
    const json = pageJson(whole, last);
    return { json, tag: hash('sha1', json, 'base64url') };
  }
}

function pageJson(records: readonly Buffer[], last: string | undefined): Buffer {
  const items = records.flatMap((record, index) => (index === 0 ? [record] : [COMMA, record]));
  const next = last === undefined ? 'null' : JSON.stringify(encodeCursor(last));
  return Buffer.concat([HEAD, ...items, Buffer.from(`],"next":${next}}`)]);
}

/**
 * One load for all callers of the same key within one turn of the event loop. Callers of a later turn load again:
 * who reads after a write was acknowledged must see it, so nobody joins a load that may have begun before.
 */
class TickShare<V> {
  readonly #loads = new Map<string, Promise<V>>();

  /** The value of `key`; `load` runs at the end of this turn, once. */
  get(key: string, load: () => Promise<V>): Promise<V> {
    const shared = this.#loads.get(key);
    if (shared !== undefined) return shared;
    const loading = endOfTurn().then(() => {
      this.#loads.delete(key);
      return load();
    });
    this.#loads.set(key, loading);
    return loading;
  }
}

/** After all requests that have already arrived were looked at. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
