import { randomHex } from '../runtime/random-id.ts';

/** Stored JSON begins with its revision, at a fixed place: an ETag is then a slice, and a script compares it without parsing. */
const PREFIX = '{"revision":"';
const REVISION_BYTES = 6;
export const REVISION_START = PREFIX.length;
export const REVISION_LENGTH = 2 * REVISION_BYTES;

/** Whether a writer accepts that a revision is overwritten. */
export type Accepts = (revision: string) => boolean;

/** What is stored: the record's JSON under a new revision. */
export interface StoredRecord {
  readonly revision: string;
  readonly json: string;
}

/** The JSON of a record with a fresh revision before its own members. */
export function stamp(record: object): StoredRecord {
  const revision = randomHex(REVISION_BYTES);
  return { revision, json: JSON.stringify({ revision, ...record }) };
}

/** Shorter than any record. */
const LEAST_BYTES = REVISION_START + REVISION_LENGTH + 2;

/** Whether stored bytes begin and end as a record does: what was torn would break every page that it stands in. */
export function isRecord(stored: Buffer): boolean {
  const last = stored.length - 1;
  return last > LEAST_BYTES && stored[0] === 0x7b && stored[last] === 0x7d && stored[last - 1] === 0x22;
}

/** The revision of stored JSON. */
export function revisionOf(stored: Buffer): string {
  return stored.toString('latin1', REVISION_START, REVISION_START + REVISION_LENGTH);
}
