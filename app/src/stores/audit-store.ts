import * as z from 'zod';
import type { DataSet } from '../../contract.ts';
import { AuditEvent, type AuditPage } from '../api/audit.ts';
import type { ReadLink } from './connection.ts';
import { auditKey } from './keys.ts';

/** Entries of the stream, about, and events of one entry: many writes at once share one, so that keeping them costs a write nothing. */
const MAX_ENTRIES = 5_000;
const PER_ENTRY = 20;
const FLUSH_AFTER_MS = 200;
/** Events that wait while the store is away; what is beyond is in the log alone. */
const MAX_PENDING = 10_000;

/** Where an event is: its entry, and its place in it. */
export const AUDIT_CURSOR = /^(\d{1,15})-(\d{1,10})\.(\d{1,2})$/;

const Events = z.array(AuditEvent);

/** The audit trail as it can be queried: bounded, and behind the log, which has every event for as long as logs are kept. */
export class AuditStore {
  readonly #link: ReadLink;
  readonly #key: string;
  #pending: AuditEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(link: ReadLink, name: DataSet) {
    this.#link = link;
    this.#key = auditKey(name);
  }

  add(event: AuditEvent): void {
    if (this.#pending.length < MAX_PENDING) this.#pending.push(event);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref();
  }

  /** Writes what waits; what the store does not take now is tried with the next event. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#pending;
    this.#pending = [];
    for (let start = 0; start < events.length; start += PER_ENTRY) {
      const json = JSON.stringify(events.slice(start, start + PER_ENTRY));
      try {
        await this.#link.ask(this.#link.reads.xadd(this.#key, 'MAXLEN', '~', MAX_ENTRIES, '*', 'events', json));
      } catch {
        this.#pending = [...events.slice(start), ...this.#pending].slice(0, MAX_PENDING);
        return;
      }
    }
  }

  /** The events of an entry; one that somebody else has written is passed over, and must not hide the rest. */
  #eventsOf(json: string): readonly AuditEvent[] {
    const events = Events.safeParse(parse(json)).data;
    if (events !== undefined) return events;
    this.#link.onBroken();
    return [];
  }

  /** @param before the `next` of the page before */
  async page({ limit, before }: { readonly limit: number; readonly before?: string | undefined }): Promise<AuditPage> {
    await this.flush();
    const [, ms = '+', sequence, place] = AUDIT_CURSOR.exec(before ?? '') ?? [];
    // Entries of the cursor's millisecond come as a whole: those that were shown are left out.
    const count = limit + PER_ENTRY;
    const entries = await this.#link.ask(this.#link.reads.xrevrange(this.#key, ms, '-', 'COUNT', count));
    const all = entries.flatMap(([entry, [, json = '[]']]) => {
      const own = entry.startsWith(`${ms}-`) ? Number(entry.slice(ms.length + 1)) - Number(sequence) : -1;
      const events = this.#eventsOf(json).map((event, index) => ({ event, index, entry }));
      return events.filter(({ index }) => own < 0 || (own === 0 && index < Number(place))).reverse();
    });
    // Where entries were passed over there may be more behind them, though this page is not full.
    const oldest = entries.length < count ? undefined : entries.at(-1)?.[0];
    const rest = oldest === undefined ? undefined : { entry: oldest, index: 0 };
    const last = all.length > limit ? all[limit - 1] : rest;
    const next = last === undefined ? null : `${last.entry}.${last.index}`;
    return { items: all.slice(0, limit).map(({ event }) => event), next: next === before ? null : next };
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
