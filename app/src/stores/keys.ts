import { COUNTED_KEYS, type DataSet } from '../../contract.ts';

/** The keys of one data set. The hash tag keeps them in one slot of a Cluster, so that one script may touch them all. */
export interface CollectionKeys {
  /** Hash: id -> stored JSON. */
  readonly data: string;
  /** Sorted set of ids, all with score 0: a page starts at its cursor, wherever that is. */
  readonly ids: string;
  /** Counter of writes; the id of the latest entry of `changes`. */
  readonly version: string;
  /** Stream of writes, trimmed; entry `<version>-0`. Only where somebody follows the data set. */
  readonly changes: string;
  /** Hash: id -> what is kept but never sent (password hashes). */
  readonly secrets: string;
}

/** Data sets that others follow. Users are not among them: a stream would keep the names of those who were deleted. */
export const FOLLOWED: readonly DataSet[] = ['quotes'];

/** A string that expires: the answer to an Idempotency-Key, a session under one of its tokens, and that it is open; each by the digest of what its client keeps. */
export function expiringKey(name: DataSet, kind: 'answer' | 'session' | 'open', digest: string): string {
  return `{${name}}:${kind}:${digest}`;
}

/** Stream of what was done with admin keys, trimmed. */
export function auditKey(name: DataSet): string {
  return `{${name}}:audit`;
}

export function collectionKeys(name: DataSet): CollectionKeys {
  const key = (part: string) => `{${name}}:${part}`;
  return {
    data: key(COUNTED_KEYS.records),
    ids: key('ids'),
    version: key(COUNTED_KEYS.version),
    changes: key('changes'),
    secrets: key('secrets'),
  };
}
