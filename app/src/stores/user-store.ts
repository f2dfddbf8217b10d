import type { NewUser } from '../api/user.ts';
import { Collection, type PageOptions, type StoredPage, type Written } from './collection.ts';
import type { RedisLink } from './connection.ts';
import { type Accepts, type StoredRecord, stamp } from './record.ts';

/** Users in Redis: what is sent and the password's hash live in two hashes, so that no read can return the hash. */
export class UserStore {
  readonly #collection: Collection;

  constructor(link: RedisLink) {
    this.#collection = new Collection(link, 'users');
  }

  get(id: string): Promise<Buffer | null> {
    return this.#collection.get(id);
  }

  page(options: PageOptions): Promise<StoredPage> {
    return this.#collection.page(options);
  }

  /** Stores a user; undefined where the id is taken. */
  async create({ id, name }: NewUser, passwordHash: string): Promise<StoredRecord | undefined> {
    const record = stamp({ id, name, createdAt: new Date().toISOString() });
    return (await this.#collection.create(id, record, passwordHash)) === 'taken' ? undefined : record;
  }

  isTaken(id: string): Promise<boolean> {
    return this.#collection.isTaken(id);
  }

  /** Removes a user; see Collection.remove(). */
  remove(id: string, accepts?: Accepts): Promise<Written> {
    return this.#collection.remove(id, accepts);
  }
}
