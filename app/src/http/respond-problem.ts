import { HttpProblem, PROBLEM_TYPE, problemDocument, unavailable } from './problem.ts';
import type { HttpContext } from './route.ts';

/** Shows a problem in another form than JSON, such as a page; returns false to leave it to JSON. */
export type ProblemRenderer = (ctx: HttpContext, problem: HttpProblem) => boolean;

/** Turns whatever response was begun into the problem's. */
export function respondProblem(ctx: HttpContext, problem: HttpProblem, render?: ProblemRenderer): void {
  ctx.status = problem.status;
  ctx.remove('ETag');
  ctx.set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(problem.headers)) ctx.set(name, value);
  if (render?.(ctx, problem)) return;
  ctx.body = JSON.stringify(problemDocument(problem, ctx.state.requestId));
  ctx.set('Content-Type', PROBLEM_TYPE);
}

/** Statuses that the router sets without a body (404, 405) become problems too. */
export function problemOfBareStatus(ctx: HttpContext): HttpProblem | undefined {
  if (ctx.respond === false || ctx.status < 400 || (ctx.body !== null && ctx.body !== undefined)) return undefined;
  if (ctx.status === 405) return new HttpProblem(405, { detail: `Use one of ${ctx.response.get('Allow')}.` });
  return new HttpProblem(ctx.status);
}

/** What libraries (Koa, the router) throw for a client's mistake; `expose` says that a client may read it. */
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
