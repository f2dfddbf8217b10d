import type { NewUser } from '../api/user.ts';
import { Collection } from './collection.ts';
import type { RedisLink } from './connection.ts';
import { type StoredRecord, stamp } from './record.ts';

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
