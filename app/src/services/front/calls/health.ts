import * as z from 'zod';
import { COMMON_PATHS, type ServiceName } from '../../../../contract.ts';
import { type Failure, failureOf } from './policies.ts';
import type { ServiceClient } from './service-client.ts';

/** What the front knows about a service: its version where it is well, else why it is not. */
export interface HealthLine {
  readonly service: ServiceName;
  readonly version?: string;
  readonly failure?: Failure;
  readonly reason?: string;
}

/** How long an answer is shown again: people who reload must not multiply into calls. */
const FRESH_MS = 1_000;

const healthSchema = z.object({
  status: z.string(),
  version: z.string().optional(),
  reason: z.string().optional(),
});

export interface HealthBoardProps {
  readonly clients: readonly ServiceClient[];
  /** The front itself: who reads its page knows that it is well. */
  readonly own: { readonly service: ServiceName; readonly version: string };
  /** Milliseconds that no change of the clock moves. @default performance.now */
  readonly now?: () => number;
}

/** Asks all services how they are, at most once a second however many pages ask. */
export class HealthBoard {
  readonly #props: HealthBoardProps;
  #asked = Number.NEGATIVE_INFINITY;
  #lines: Promise<readonly HealthLine[]> = Promise.resolve([]);

  constructor(props: HealthBoardProps) {
    this.#props = props;
  }

  /** Never rejects: a service that is down is a line that says so. */
  async lines(): Promise<readonly HealthLine[]> {
    const now = (this.#props.now ?? performance.now.bind(performance))();
    if (now - this.#asked >= FRESH_MS) {
      this.#asked = now;
      this.#lines = this.#ask();
    }
    return await this.#lines;
  }

  async #ask(): Promise<readonly HealthLine[]> {
    const { own, clients } = this.#props;
    return [{ service: own.service, version: own.version }, ...(await Promise.all(clients.map(askOne)))];
  }
}

async function askOne(client: ServiceClient): Promise<HealthLine> {
  const { service } = client;
  try {
    const health = await client.ask({ path: COMMON_PATHS.health, schema: healthSchema });
    if (health.status === 'ok') return { service, version: health.version ?? '?' };
    return { service, reason: health.reason ?? health.status };
  } catch (error) {
    return { service, failure: failureOf(error) };
  }
}
