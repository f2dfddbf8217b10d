import type { DataSet } from '../../contract.ts';

/** The keys of one data set. The hash tag keeps them in one slot of a Cluster, so that one script may touch them all. */
export interface CollectionKeys {
  /** Hash: id -> stored JSON. */
  readonly data: string;
  /** Sorted set of ids, all with score 0: a page starts at its cursor, wherever that is. */
  readonly ids: string;
  /** Counter of writes; the id of the latest entry of `changes`. */
  readonly version: string;
  /** Stream of writes, trimmed; entry `<version>-0`. */
  readonly changes: string;
  /** Hash: id -> what is kept but never sent (password hashes). */
  readonly secrets: string;
}

export function collectionKeys(name: DataSet): CollectionKeys {
  const key = (part: string) => `{${name}}:${part}`;
  return {
    data: key('data'),
    ids: key('ids'),
    version: key('version'),
    changes: key('changes'),
    secrets: key('secrets'),
  };
}
