import type { RedisLink } from './connection.ts';
import { encodeCursor } from './cursor.ts';
import { type CollectionKeys, collectionKeys } from './keys.ts';
import { ReadBatcher } from './read-batcher.ts';
import type { StoredRecord } from './record.ts';
import { scriptKeys } from './scripts.ts';
import { ask } from './store-unavailable.ts';
import { TickShare } from './tick-share.ts';

/** A page as it is sent: the stored bytes between brackets. */
export interface StoredPage {
  readonly json: Buffer;
  /** Number of the latest write that the page may show: equal versions mean equal pages. */
  readonly version: string;
}

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

const HEAD = Buffer.from('{"items":[');
const COMMA = Buffer.from(',');

/** Records under ids, in one slot of Redis: read as bytes, listed in the order of their ids, written atomically. */
export class Collection {
  readonly #link: RedisLink;
  readonly #keys: CollectionKeys;
  readonly #records: ReadBatcher;
  readonly #pages = new TickShare<StoredPage>();

  constructor(link: RedisLink, name: Parameters<typeof collectionKeys>[0]) {
    this.#link = link;
    this.#keys = collectionKeys(name);
    this.#records = new ReadBatcher(link.reads, this.#keys.data);
  }

  /** The stored bytes, or null. */
  get(id: string): Promise<Buffer | null> {
    return this.#records.get(id);
  }

  /** A page in the order of ids; its cost is that of its own length, wherever it starts. */
  page(options: PageOptions): Promise<StoredPage> {
    return this.#pages.get(`${options.limit} ${options.after ?? ''}`, () => this.#loadPage(options));
  }

  /** A record that each has the same chance to be, or undefined where there is none. */
  async random(): Promise<Buffer | undefined> {
    const id = await ask(this.#link.reads.hrandfield(this.#keys.data));
    return typeof id === 'string' ? ((await this.get(id)) ?? undefined) : undefined;
  }

  async count(): Promise<number> {
    return ask(this.#link.reads.zcard(this.#keys.ids));
  }

  /** Stores a new record; false where the id is taken. */
  async create(id: string, { json }: StoredRecord, secret = ''): Promise<boolean> {
    const args = [...scriptKeys(this.#keys), id, json, Date.now(), secret] as const;
    return (await this.#link.writes.run((pipeline) => pipeline.createRecord(...args))) === 1;
  }

  /** Replaces a record that still has the given revision. */
  async replace(id: string, { json }: StoredRecord, revision: string): Promise<Written> {
    const args = [...scriptKeys(this.#keys), id, json, Date.now(), revision] as const;
    const reply = await this.#link.writes.run((pipeline) => pipeline.replaceRecord(...args));
    return WRITTEN.get(reply) ?? 'absent';
  }

  /** Removes a record; with a revision, only while it still has that one. */
  async remove(id: string, revision = ''): Promise<Written> {
    const args = [...scriptKeys(this.#keys), id, Date.now(), revision] as const;
    const reply = await this.#link.writes.run((pipeline) => pipeline.removeRecord(...args));
    return WRITTEN.get(reply) ?? 'absent';
  }

  /** The version is read before the ids: a page may be newer than its version says, never older. */
  async #loadPage({ limit, after }: PageOptions): Promise<StoredPage> {
    const { reads } = this.#link;
    const from = after === undefined ? '-' : `(${after}`;
    const [version, ids] = await ask(
      Promise.all([reads.get(this.#keys.version), reads.zrangebylex(this.#keys.ids, from, '+', 'LIMIT', 0, limit + 1)]),
    );
    const shown = ids.slice(0, limit);
    const last = ids.length > limit ? shown.at(-1) : undefined;
    const records = shown.length === 0 ? [] : await ask(reads.hmgetBuffer(this.#keys.data, ...shown));
    return { json: pageJson(records, last), version: version ?? '0' };
  }
}

/** A record that was removed between the two reads is left out. */
function pageJson(records: readonly (Buffer | null)[], last: string | undefined): Buffer {
  const present = records.filter((record) => record !== null);
  const items = present.flatMap((record, index) => (index === 0 ? [record] : [COMMA, record]));
  const next = last === undefined ? 'null' : JSON.stringify(encodeCursor(last));
  return Buffer.concat([HEAD, ...items, Buffer.from(`],"next":${next}}`)]);
}
