import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { Logger } from '../../runtime/logger.ts';
import { notReady, READY, type Readiness } from '../../runtime/readiness.ts';
import type { Change, ChangeFeed, Position } from '../../stores/change-feed.ts';
import { QuoteIndex } from './quote-index.ts';

/** How often the stream is asked: a new quote is found well within a second. */
const POLL_EVERY_MS = 250;

export interface IndexFollowerProps {
  readonly feed: ChangeFeed;
  readonly log: Logger;
  /** Milliseconds that no change of the clock moves. @default performance.now */
  readonly now?: () => number;
  /** The clock by which writers date their changes. @default Date.now */
  readonly clock?: () => number;
}

/** Keeps an index equal to what Redis holds: builds it from a snapshot, follows the stream, builds anew when it must. */
export class IndexFollower {
  readonly #props: IndexFollowerProps;
  readonly #now: () => number;
  readonly #clock: () => number;
  #index = new QuoteIndex();
  #position: Position | undefined;
  #lastPoll = 0;
  #lagMs = 0;
  #skipped = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(props: IndexFollowerProps) {
    this.#props = props;
    this.#now = props.now ?? (() => performance.now());
    this.#clock = props.clock ?? Date.now;
  }

  get index(): QuoteIndex {
    return this.#index;
  }

  readiness(): Readiness {
    return this.#position === undefined ? notReady('the search index is being built') : READY;
  }

  /** Seconds by which this index is behind: of the oldest change of the latest poll, or since the last poll that succeeded. */
  lagSeconds(): number {
    if (this.#position === undefined) return 0;
    return Math.max(this.#lagMs, this.#now() - this.#lastPoll - POLL_EVERY_MS, 0) / 1000;
  }

  /** Records and changes that could not be read. */
  get skipped(): number {
    return this.#skipped;
  }

  start(): this {
    void this.#loop();
    return this;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** One step: the build if there is no index yet, else everything that is new. */
  async poll(): Promise<void> {
    if (this.#position === undefined || this.#index.wornOut) await this.#build();
    for (let more = true; more && !this.#stopped; ) more = await this.#catchUp();
    this.#lastPoll = this.#now();
  }

  async #loop(): Promise<void> {
    try {
      await this.poll();
    } catch (err) {
      // Redis' absence is told by its own log line and metric; the old index keeps answering until then.
      this.#props.log.debug({ err }, 'the search index could not follow');
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#loop(), POLL_EVERY_MS).unref();
  }

  /** Into a new index, while the old one answers. The position comes first: the snapshot then holds at least all before it. */
  async #build(): Promise<void> {
    const { feed, log } = this.#props;
    const started = this.#now();
    const position = await feed.latest();
    const index = new QuoteIndex();
    for await (const records of feed.snapshot()) for (const json of records) this.#put(index, json);
    // Before it answers: the first request for an author would fold every name at once.
    for (const _ of index.foldAuthors()) await endOfTurn();
    this.#index = index;
    this.#position = position;
    this.#lastPoll = this.#now();
    log.info({ quotes: index.size, ms: Math.round(this.#now() - started) }, 'search index built');
    // What it finds is right already; searches for frequent words are quicker from here on.
    await index.settle();
  }

  /** Applies one portion of news; true where more is waiting. */
  async #catchUp(): Promise<boolean> {
    const { feed, log } = this.#props;
    if (this.#position === undefined) return false;
    const news = await feed.since(this.#position);
    if (news === 'lost') {
      log.warn('the stream does not lead on from where the search index stands; building it anew');
      await this.#build();
      return true;
    }
    this.#lagMs = news.changes.reduce((lag, { at }) => Math.max(lag, this.#clock() - at || 0), 0);
    for (const change of news.changes) this.#apply(change);
    this.#position = news.position;
    return news.more;
  }

  /** A change that cannot be read takes away what it was to replace: the old words are not there any more. */
  #apply(change: Change): void {
    if (change.op === 'put' && this.#put(this.#index, Buffer.from(change.json))) return;
    this.#index.remove(change.id);
  }

  /** False for what cannot be read: one broken record must not keep all others from being found. */
  #put(index: QuoteIndex, json: Buffer): boolean {
    if (index.putStored(json)) return true;
    if (this.#skipped++ === 0) {
      this.#props.log.warn(
        'a quote in the store cannot be read and is left out; how many is counted, and not said again',
      );
    }
    return false;
  }
}
