import type { NewQuote } from '../api/quote.ts';
import type { NewUser } from '../api/user.ts';
import { Collection, type Creation, type Repeatable } from './collection.ts';
import type { RedisLink } from './connection.ts';
import { newId } from './ids.ts';
import { type Accepts, revisionOf, type StoredRecord, stamp } from './record.ts';

/** A replacement as it ended: the stored record, or why there is none. */
export type Replacement = { readonly record: StoredRecord } | 'absent' | 'changed';

/** What is stored, under which id. */
export interface NewRecord extends StoredRecord {
  readonly id: string;
}

/** Quotes in Redis. */
export class QuoteStore extends Collection {
  constructor(link: RedisLink) {
    super(link, 'quotes');
  }

  /** Stores a quote under its own id or a new one. */
  async add(quote: NewQuote, repeat?: Repeatable): Promise<NewRecord | Exclude<Creation, object>> {
    const { id = newId(), text, author, source, language } = quote;
    const now = new Date().toISOString();
    const record = stamp({ id, text, author, source, language, createdAt: now, updatedAt: now });
    const created = await this.create(id, record, '', repeat);
    if (typeof created === 'string') return created;
    if (created.json === record.json) return { id, ...record };
    const { id: earlier, revision } = JSON.parse(created.json) as Pick<NewRecord, 'id' | 'revision'>;
    return { id: earlier, revision, json: created.json };
  }

  /**
   * Replaces what a quote says and keeps when it was created.
   * @param accepts whether its revision may be overwritten; without it, the latest is
   */
  async edit(id: string, quote: NewQuote, accepts?: Accepts): Promise<Replacement> {
    const current = await this.stored(id);
    if (current === null) return 'absent';
    const revision = revisionOf(current);
    if (accepts?.(revision) === false) return 'changed';
    const now = new Date().toISOString();
    const createdAt = createdAtOf(current) ?? now;
    const { text, author, source, language } = quote;
    const record = stamp({ id, text, author, source, language, createdAt, updatedAt: now });
    const result = await this.replace(id, record, revision);
    return result === 'written' ? { record } : result;
  }
}

/** Undefined where what is stored is no record any more. */
function createdAtOf(stored: Buffer): string | undefined {
  try {
    return (JSON.parse(stored.toString()) as { createdAt?: string } | null)?.createdAt;
  } catch {
    return undefined;
  }
}

/** Users in Redis: what is sent and the password's hash live in two hashes, so that no read can return the hash. */
export class UserStore extends Collection {
  constructor(link: RedisLink) {
    super(link, 'users');
  }

  /** Stores a user; undefined where the id is taken. */
  async add({ id, name }: NewUser, passwordHash: string): Promise<StoredRecord | undefined> {
    const record = stamp({ id, name, createdAt: new Date().toISOString() });
    return (await this.create(id, record, passwordHash)) === 'taken' ? undefined : record;
  }
}
