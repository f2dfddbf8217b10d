import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleWhen,
  type IBackoff,
  type IBackoffFactory,
  type IPolicy,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import type { ServiceName } from '../../../../contract.ts';

/** Why a service gave no usable answer; each has its own sentence in the messages. */
export type Failure = 'unreachable' | 'timeout' | 'overloaded' | 'resting' | 'failing' | 'unusable';

export function failureOf(error: unknown): Failure {
  return error instanceof ServiceDownError ? error.failure : 'unusable';
}

/** The service did not answer, or answered that it cannot: nothing that the person did. */
export class ServiceDownError extends Error {
  readonly service: ServiceName;
  readonly failure: Failure;

  constructor(service: ServiceName, failure: Failure, options?: ErrorOptions) {
    super(`${service}: ${failure}`, options);
    this.name = 'ServiceDownError';
    this.service = service;
    this.failure = failure;
  }
}

export interface Problem {
  /** Name of the field, or empty for the whole. */
  readonly field: string;
  readonly message: string;
}

/** The service understood and refused: wrong key, missing quote, a field that is not right (4xx). */
export class RefusedError extends Error {
  readonly status: number;
  readonly detail: string;
  readonly problems: readonly Problem[];

  constructor(service: ServiceName, status: number, detail: string, problems: readonly Problem[]) {
    super(`${service}: ${detail}`);
    this.name = 'RefusedError';
    this.status = status;
    this.detail = detail;
    this.problems = problems;
  }
}

/** What one service is granted before the front stops waiting for it. */
export interface CallLimits {
  /** One attempt, answer and body. */
  readonly timeoutMs: number;
  /** Calls under way to one service at once; a hanging service holds no more than these. */
  readonly concurrency: number;
  /** Attempts without an answer in a row after which the service is left alone. */
  readonly failures: number;
  /** How long it is left alone before one call tries again. */
  readonly restMs: number;
}

/** A page stays below five seconds when every service hangs; P99 of the services' own goal is one second. */
export const DEFAULT_LIMITS: CallLimits = { timeoutMs: 1_500, concurrency: 200, failures: 5, restMs: 3_000 };

/** Pause before the second attempt of a read: long enough to reach another replica, too short to be felt. */
const RETRY_AFTER_MS = 50;

/** How calls to one service are carried out; both share one circuit and one set of places. */
export interface Policies {
  readonly read: IPolicy;
  readonly write: IPolicy;
}

/**
 * Reads: at most two attempts. Writes: one, for a write whose answer was lost may have happened.
 * The circuit counts only silence (no connection, no answer in time): a quick 503 costs the front nothing,
 * and leaving a service alone for it would lengthen its outage.
 */
export function createPolicies(limits: CallLimits): Policies {
  const circuit = circuitBreaker(handleWhen(isSilence), {
    halfOpenAfter: new Rest(limits.restMs),
    breaker: new ConsecutiveBreaker(limits.failures),
  });
  const attempt = wrap(circuit, bulkhead(limits.concurrency), timeout(limits.timeoutMs, TimeoutStrategy.Aggressive));
  const again = retry(handleWhen(isPassing), { maxAttempts: 1, backoff: new ConstantBackoff(RETRY_AFTER_MS) });
  return { read: wrap(again, attempt), write: attempt };
}

/** How long a circuit stays open. The library compares with the clock of the machine, which may be set back by an hour: it gets all or nothing. */
class Rest implements IBackoffFactory<unknown> {
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  next(): IBackoff<unknown> {
    const over = performance.now() + this.#ms;
    return {
      get duration() {
        return performance.now() < over ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      },
      next: () => this.next(),
    };
  }
}

function isSilence(error: Error): boolean {
  if (error instanceof TaskCancelledError) return true;
  return error instanceof ServiceDownError && (error.failure === 'unreachable' || error.failure === 'timeout');
}

function isPassing(error: Error): boolean {
  return error instanceof TaskCancelledError || error instanceof ServiceDownError;
}

/** Translates what a policy throws into the page's own words; other errors pass unchanged. */
export function toServiceError(service: ServiceName, error: unknown): unknown {
  if (error instanceof TaskCancelledError) return new ServiceDownError(service, 'timeout', { cause: error });
  if (error instanceof BrokenCircuitError) return new ServiceDownError(service, 'resting', { cause: error });
  if (error instanceof BulkheadRejectedError) return new ServiceDownError(service, 'overloaded', { cause: error });
  return error;
}
