import { notReady, READY, type Readiness } from '../runtime/readiness.ts';
import type { RedisClient } from './redis-factory.ts';

/** A failover takes less; a longer outage is one that other pods may not share, so traffic should go to them. */
export const OUTAGE_BUDGET_MS = 15_000;
const PING_EVERY_MS = 1_000;
/** Until the first success pings come faster: start-up waits for it. */
const FIRST_PING_EVERY_MS = 50;

export interface RedisHealthProps {
  readonly client: RedisClient;
  /** Milliseconds that no change of the clock moves. @default performance.now */
  readonly now?: () => number;
  /** Called when Redis is lost, and when it is back. */
  readonly onChange?: (up: boolean) => void;
}

/** Pings Redis and judges readiness: after the first success, and until an outage outlasts the failover budget. */
export class RedisHealth {
  readonly #props: RedisHealthProps;
  readonly #now: () => number;
  #lastSuccess: number | undefined;
  /** Undefined before the first answer, so that a Redis which is away from the start is told too. */
  #up: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(props: RedisHealthProps) {
    this.#props = props;
    this.#now = props.now ?? (() => performance.now());
  }

  /** Whether the latest ping succeeded. */
  get up(): boolean {
    return this.#up === true;
  }

  readiness(): Readiness {
    if (this.#lastSuccess === undefined) return notReady('Redis has not been reached yet');
    const outageMs = this.#now() - this.#lastSuccess;
    if (outageMs <= OUTAGE_BUDGET_MS) return READY;
    return notReady(`Redis has been away for ${Math.round(outageMs / 1000)} s`);
  }

  /** Starts to ping. */
  start(): this {
    void this.#loop();
    return this;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** One ping. */
  async check(): Promise<void> {
    const up = await this.#props.client.ping().then(
      () => true,
      () => false,
    );
    if (up) this.#lastSuccess = this.#now();
    if (up !== this.#up) this.#props.onChange?.(up);
    this.#up = up;
  }

  async #loop(): Promise<void> {
    await this.check();
    if (this.#stopped) return;
    const pause = this.#lastSuccess === undefined ? FIRST_PING_EVERY_MS : PING_EVERY_MS;
    this.#timer = setTimeout(() => void this.#loop(), pause).unref();
  }
}
