import { notReady, READY, type Readiness } from '../runtime/readiness.ts';
import type { RedisClient } from './redis-factory.ts';

/** A failover takes less; a longer outage is one that other pods may not share, so traffic should go to them. */
export const OUTAGE_BUDGET_MS = 15_000;
const ASK_EVERY_MS = 500;
/** Until the first success it is asked more often: start-up waits for it. */
const FIRST_ASK_EVERY_MS = 50;
/**
 * How long a primary that was followed may be read from, in ms after it was asked. A replica reports each second, `lag` counts
 * whole seconds, so its report may be 2 s old: both together end before the 5 s after which Sentinels replace a primary.
 */
const LEASE_MS = 1_500;
const MAX_LAG_SECONDS = 1;

export interface RedisHealthProps {
  readonly client: RedisClient;
  /** A hash of the service's own data set. */
  readonly key: string;
  /** Replicas that must follow the primary for its reads to count; see ENV.redisReadReplicas. @default 0 */
  readonly readReplicas?: number;
  /** Milliseconds that no change of the clock moves. @default performance.now */
  readonly now?: () => number;
  /** Called after each answer of a server that may not lead any more. */
  readonly onDoubt?: () => void;
  /** Called when Redis is lost, and when it is back. */
  readonly onChange?: (up: boolean) => void;
}

/**
 * Asks Redis as the services do, by a read: PING is rejected with MISCONF where only writes fail. From the answers it judges
 * readiness (after the first success, until an outage outlasts the failover budget) and whether reads are still the primary's.
 */
export class RedisHealth {
  readonly #props: RedisHealthProps;
  readonly #now: () => number;
  readonly #readReplicas: number;
  #lastSuccess: number | undefined;
  #followed = false;
  #leaseEnd = 0;
  /** Undefined before the first answer, so that a Redis which is away from the start is reported too. */
  #up: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(props: RedisHealthProps) {
    this.#props = props;
    this.#now = props.now ?? (() => performance.now());
    this.#readReplicas = props.readReplicas ?? 0;
  }

  /** Whether the latest question was answered. */
  get up(): boolean {
    return this.#up === true;
  }

  /** Whether no other primary can have acknowledged a write meanwhile; to be asked after the answer of a read. */
  get leads(): boolean {
    return this.#readReplicas === 0 || this.#now() < this.#leaseEnd;
  }

  readiness(): Readiness {
    if (this.#lastSuccess === undefined) return notReady('Redis has not been reached yet');
    const outageMs = this.#now() - this.#lastSuccess;
    if (outageMs <= OUTAGE_BUDGET_MS) return READY;
    return notReady(`Redis has been away for ${Math.round(outageMs / 1000)} s`);
  }

  /** Starts to ask. */
  start(): this {
    void this.#loop();
    return this;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Asks once. */
  async check(): Promise<void> {
    const { client, key, onChange, onDoubt } = this.#props;
    const asked = this.#now();
    const [read, followers] = await Promise.allSettled([
      client.hmget(key, ''),
      this.#readReplicas === 0 ? 0 : client.info('replication').then(followersOf),
    ]);
    const up = read.status === 'fulfilled';
    if (up) this.#lastSuccess = this.#now();
    const isFollowed = followers.status === 'fulfilled' && followers.value >= this.#readReplicas;
    // Twice in a row: a server that was frozen first reads the reports of replicas that have left it meanwhile.
    this.#leaseEnd = isFollowed && this.#followed ? asked + LEASE_MS : 0;
    this.#followed = isFollowed;
    if (up && !isFollowed) onDoubt?.();
    if (up !== this.#up) onChange?.(up);
    this.#up = up;
  }

  async #loop(): Promise<void> {
    await this.check();
    if (this.#stopped) return;
    const pause = this.#lastSuccess === undefined ? FIRST_ASK_EVERY_MS : ASK_EVERY_MS;
    this.#timer = setTimeout(() => void this.#loop(), pause).unref();
  }
}

/** Replicas that reported to this server just now, by INFO: `slave0:ip=10.0.0.2,port=6379,state=online,offset=42,lag=0`. */
function followersOf(info: string): number {
  if (!info.includes('role:master')) return 0;
  const lags = [...info.matchAll(/^slave\d+:.*state=online,.*lag=(\d+)/gm)].map(([, lag]) => Number(lag));
  return lags.filter((lag) => lag <= MAX_LAG_SECONDS).length;
}
