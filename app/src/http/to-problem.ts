import { HttpProblem, unavailable } from './problem.ts';

/** What libraries (Koa, raw-body, the router) throw for a client's mistake; `expose` says that a client may read it. */
interface ExposedError extends Error {
  readonly status: number;
  readonly expose: boolean;
}

/** Anything that a handler may throw, as a problem; what is unknown says nothing internal. */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (isOverloaded(error)) return unavailable(error.message, error.retryAfterSeconds, error);
  if (isExposed(error)) return new HttpProblem(error.status, { detail: error.message, cause: error });
  return new HttpProblem(500, { cause: error });
}

/** A dependency that is away or full says so with `retryAfterSeconds`; see stores/store-unavailable.ts. */
interface TemporaryError extends Error {
  readonly retryAfterSeconds: number;
}

function isOverloaded(error: unknown): error is TemporaryError {
  return error instanceof Error && 'retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number';
}

function isExposed(error: unknown): error is ExposedError {
  if (!(error instanceof Error) || !('status' in error) || !('expose' in error)) return false;
  return error.expose === true && typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}
