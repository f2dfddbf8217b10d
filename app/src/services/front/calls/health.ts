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

/** From one question to the next: people who reload must not multiply into calls, nor wait for one that hangs. */
const FRESH_MS = 1_000;

/** How all services are; one that is down is a line that says so. Never rejects. */
export type HealthBoard = () => Promise<readonly HealthLine[]>;

export function healthBoard({ clients, own, now = () => performance.now() }: HealthBoardProps): HealthBoard {
  const { service, version } = own;
  let asked = Number.NEGATIVE_INFINITY;
  let lines: Promise<readonly HealthLine[]> = Promise.resolve([]);
  return async () => {
    if (now() - asked >= FRESH_MS) {
      asked = now();
      lines = Promise.all([{ service, version }, ...clients.map(askOne)]);
    }
    return await lines;
  };
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
