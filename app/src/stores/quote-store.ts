import type { NewQuote } from '../api/quote.ts';
import {
  Collection,
  type Creation,
  type PageOptions,
  type Repeatable,
  type StoredPage,
  type Written,
} from './collection.ts';
import type { RedisLink } from './connection.ts';
import { newId } from './new-id.ts';
import { revisionOf, type StoredRecord, stamp } from './record.ts';

/** A replacement as it ended: the stored record, or why there is none. */
export type Replacement = { readonly record: StoredRecord } | 'absent' | 'changed';

/** What is stored, under which id. */
export interface NewRecord extends StoredRecord {
  readonly id: string;
}

/** Quotes in Redis. */
export class QuoteStore {
  readonly #collection: Collection;

  constructor(link: RedisLink) {
    this.#collection = new Collection(link, 'quotes');
  }

  get(id: string): Promise<Buffer | null> {
    return this.#collection.get(id);
  }

  page(options: PageOptions): Promise<StoredPage> {
    return this.#collection.page(options);
  }

  random(): Promise<Buffer | undefined> {
    return this.#collection.random();
  }

  count(): Promise<number> {
    return this.#collection.count();
  }

  /** Stores a quote under its own id or a new one. */
  async create(quote: NewQuote, repeat?: Repeatable): Promise<NewRecord | Exclude<Creation, object>> {
    const { id = newId(), text, author, source, language } = quote;
    const now = new Date().toISOString();
    const record = stamp({ id, text, author, source, language, createdAt: now, updatedAt: now });
    const created = await this.#collection.create(id, record, '', repeat);
    if (typeof created === 'string') return created;
    if (created.json === record.json) return { id, ...record };
    const { id: earlier, revision } = JSON.parse(created.json) as Pick<NewRecord, 'id' | 'revision'>;
    return { id: earlier, revision, json: created.json };
  }

  /**
   * Replaces what a quote says and keeps when it was created.
   * @param seen the revisions that the caller accepts; without them, the latest is replaced
   */
  async replace(id: string, quote: NewQuote, seen?: readonly string[]): Promise<Replacement> {
    const current = await this.#collection.get(id);
    if (current === null) return 'absent';
    const revision = revisionOf(current);
    if (seen !== undefined && !seen.includes(revision)) return 'changed';
    const { createdAt } = JSON.parse(current.toString()) as { createdAt: string };
    const { text, author, source, language } = quote;
    const record = stamp({ id, text, author, source, language, createdAt, updatedAt: new Date().toISOString() });
    const result = await this.#collection.replace(id, record, revision);
    return result === 'written' ? { record } : result;
  }

  /**
   * Removes a quote.
   * @param seen the revisions that the caller accepts; without them, whatever is there is removed
   */
  async remove(id: string, seen?: readonly string[]): Promise<Written> {
    if (seen === undefined) return this.#collection.remove(id);
    const current = await this.#collection.get(id);
    if (current === null) return 'absent';
    const revision = revisionOf(current);
    return seen.includes(revision) ? this.#collection.remove(id, revision) : 'changed';
  }
}
