import type { ReadLink } from './connection.ts';
import { type CollectionKeys, collectionKeys } from './keys.ts';

/** One write, as the stream tells it. */
export type Change =
  | { readonly op: 'put'; readonly id: string; readonly json: string; readonly at: number }
  | { readonly op: 'del'; readonly id: string; readonly at: number };

/** A place in the stream: the number of the last write that is known, and what tells it from another write of that number. */
export interface Position {
  readonly version: number;
  readonly mark: string;
}

/** Before the first write. */
export const ORIGIN: Position = { version: 0, mark: '' };

/** What is new after a position; 'lost' where the stream no longer leads from there, so that everything must be read again. */
export type News =
  | { readonly position: Position; readonly changes: readonly Change[]; readonly more: boolean }
  | 'lost';

/** Records as a follower reads them at its start. */
export type Snapshot = AsyncIterable<readonly Buffer[]>;

/** Changes read at once: enough to catch up quickly, few enough to apply without holding the event loop. */
const MAX_CHANGES = 1_000;
/** Records of one step of a snapshot: a few milliseconds for who reads them, and for Redis. */
const SNAPSHOT_STEP = 500;

/**
 * Follows the writes of a collection. It asks from its own last entry on, that entry included: finding it unchanged
 * proves that nothing was trimmed, that the data was not restored to an earlier state and that no failover lost a write.
 */
export class ChangeFeed {
  readonly #link: ReadLink;
  readonly #keys: CollectionKeys;

  constructor(link: ReadLink, name: Parameters<typeof collectionKeys>[0]) {
    this.#link = link;
    this.#keys = collectionKeys(name);
  }

  /** The place of the latest write: to be taken before a snapshot is read, which then holds at least all of it. */
  async latest(): Promise<Position> {
    const [entry] = await this.#link.ask(this.#link.reads.xrevrange(this.#keys.changes, '+', '-', 'COUNT', 1));
    return entry === undefined ? ORIGIN : positionOf(entry);
  }

  /** What was written since. */
  async since(position: Position): Promise<News> {
    const entries = await this.#link.ask(
      this.#link.reads.xrange(this.#keys.changes, String(position.version), '+', 'COUNT', MAX_CHANGES + 1),
    );
    const fresh = position.version === 0 ? entries : entries.slice(1);
    const known = position.version === 0 ? ORIGIN : entries[0] && positionOf(entries[0]);
    if (!isSame(known, position) || !isConsecutive(fresh, position.version)) return 'lost';
    const last = fresh.at(-1);
    const reached = last === undefined ? position : positionOf(last);
    return { position: reached, changes: fresh.map(changeOf), more: fresh.length >= MAX_CHANGES };
  }

  /**
   * Every record as it is stored, in steps, in the order of ids; records that change meanwhile come again by since().
   * The next step is asked for before this one is given away, so that Redis works while its reader does.
   */
  async *snapshot(): Snapshot {
    let step: Promise<Step> | undefined = this.#step('-');
    while (step !== undefined) {
      const { last, records }: Step = await step;
      step = last === undefined ? undefined : this.#step(`(${last}`);
      // Awaited at its turn; without this, a failure before would count as nobody's.
      step?.catch(() => undefined);
      yield (await records).filter((json) => json !== null);
    }
  }

  async #step(from: string): Promise<Step> {
    const ids = await this.#link.ask(
      this.#link.reads.zrangebylex(this.#keys.ids, from, '+', 'LIMIT', 0, SNAPSHOT_STEP),
    );
    const records =
      ids.length === 0 ? Promise.resolve([]) : this.#link.ask(this.#link.reads.hmgetBuffer(this.#keys.data, ...ids));
    records.catch(() => undefined);
    return { last: ids.at(-1), records };
  }
}

/** A part of a snapshot: its records, still on their way, and the last of their ids, if there are any. */
interface Step {
  readonly last: string | undefined;
  readonly records: Promise<readonly (Buffer | null)[]>;
}

type Entry = [id: string, fields: string[]];

function versionOf([id]: Entry): number {
  return Number.parseInt(id, 10);
}

function fieldsOf([, fields]: Entry): Map<string, string> {
  const pairs = fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1] ?? ''] as const] : []));
  return new Map(pairs);
}

/** Time, kind, id and the beginning of the record with its random revision: no two writes share them all. */
function positionOf(entry: Entry): Position {
  const fields = fieldsOf(entry);
  const mark = `${fields.get('at')} ${fields.get('op')} ${fields.get('id')} ${fields.get('json')?.slice(0, 40) ?? ''}`;
  return { version: versionOf(entry), mark };
}

function changeOf(entry: Entry): Change {
  const fields = fieldsOf(entry);
  const [id = '', at, json] = [fields.get('id'), Number(fields.get('at')), fields.get('json')];
  return fields.get('op') === 'put' && json !== undefined ? { op: 'put', id, at, json } : { op: 'del', id, at };
}

function isSame(known: Position | undefined, position: Position): boolean {
  return known?.version === position.version && known.mark === position.mark;
}

function isConsecutive(entries: readonly Entry[], after: number): boolean {
  return entries.every((entry, index) => versionOf(entry) === after + 1 + index);
}
