import { HttpProblem, PROBLEM_TYPE, problemDocument } from './problem.ts';
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

/** Statuses that the router sets without a body (404, 405, 501) become problems too. */
export function problemOfBareStatus(ctx: HttpContext): HttpProblem | undefined {
  if (ctx.respond === false || ctx.status < 400 || (ctx.body !== null && ctx.body !== undefined)) return undefined;
  if (ctx.status === 405) return new HttpProblem(405, { detail: `Use one of ${ctx.response.get('Allow')}.` });
  return new HttpProblem(ctx.status);
}
