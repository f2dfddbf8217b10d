import type { RequestSpan, Tracing } from '../runtime/tracing.ts';
import type { AccessLog, AuditTrail } from './access-log.ts';
import { discardBody } from './body.ts';
import { applyConditional } from './preconditions.ts';
import type { HttpMiddleware, QuickKoa } from './quick-koa.ts';
import { observe, type RequestMetrics, type RouteCounters } from './request-metrics.ts';
import { type ProblemRenderer, problemOfBareStatus, respondProblem, toProblem } from './respond-problem.ts';
import type { HttpContext } from './route.ts';
import type { HeaderList } from './security-headers.ts';
import { REQUEST_ID_HEADER, readTraceContext, requestIdOf } from './trace-context.ts';
import { pathOf, requireWellFormed } from './well-formed.ts';

export interface RequestMiddlewareProps {
  readonly app: QuickKoa;
  readonly accessLog: AccessLog;
  readonly metrics: RequestMetrics;
  readonly audit: readonly AuditTrail[];
  readonly headers: HeaderList;
  readonly renderProblem?: ProblemRenderer;
  /** @default - nothing is exported; trace ids are still carried on */
  readonly tracing?: Tracing;
  /** True while the process drains: connections are then closed after their response. */
  readonly draining: () => boolean;
}

/** Label of requests that no route matched; what was asked for is in the log only. */
const UNMATCHED = 'unmatched';
const COUNTED_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * What surrounds every request: identity, headers, errors as problems, 304, counts and one log line.
 * One middleware rather than six: each layer costs a promise on the hot path, and the order is readable here.
 */
export function requestMiddleware(props: RequestMiddlewareProps): HttpMiddleware {
  const unmatched = unmatchedCounters(props.metrics);
  return async (ctx, next) => {
    const started = performance.now();
    const span = begin(ctx, props, unmatched(ctx.req.method ?? ''));
    if (!props.app.isBare) setHeaders(ctx, props);
    try {
      requireWellFormed(ctx);
      await (span === undefined ? next() : span.run(next));
      if (ctx.state.answer === undefined) complete(ctx, props);
    } catch (error) {
      fail(ctx, error, props);
    } finally {
      finish(ctx, props, (performance.now() - started) / 1000);
      span?.end({ method: ctx.method, route: ctx.state.counters.route, status: ctx.status });
    }
    if (props.app.isBare && ctx.state.answer === undefined) setHeaders(ctx, props);
    if (!ctx.req.complete) await outlastBody(ctx);
  };
}

/** Reads on until the client has sent what it wants to send; one that sends on and on is told that this is the end. */
async function outlastBody({ req, res }: HttpContext): Promise<void> {
  await discardBody(req);
  if (!req.complete && !res.headersSent) res.setHeader('Connection', 'close');
}

/** Looked up once: a request is counted as unmatched until a route takes it, so every one asks. */
function unmatchedCounters(metrics: RequestMetrics): (method: string) => RouteCounters {
  const other = metrics.counters('OTHER', UNMATCHED);
  const known = new Map([...COUNTED_METHODS].map((method) => [method, metrics.counters(method, UNMATCHED)]));
  return (method) => known.get(method) ?? other;
}

function begin(ctx: HttpContext, props: RequestMiddlewareProps, counters: RouteCounters): RequestSpan | undefined {
  const { metrics, tracing } = props;
  metrics.inFlight++;
  const { state, req } = ctx;
  state.counters = counters;
  state.path = pathOf(ctx);
  const incoming = readTraceContext(single(req.headers['traceparent']), single(req.headers['tracestate']));
  const span = tracing?.begin(incoming);
  state.trace = span?.trace ?? incoming;
  state.requestId = requestIdOf(req.headers['x-request-id'], state.trace.traceId);
  return span;
}

/** What every response has; one that is sent without Koa has it too. */
function setHeaders({ res, state }: HttpContext, { headers, draining }: RequestMiddlewareProps): void {
  res.setHeader(REQUEST_ID_HEADER, state.requestId);
  for (const [name, value] of headers) res.setHeader(name, value);
  if (draining()) res.setHeader('Connection', 'close');
}

function complete(ctx: HttpContext, { renderProblem }: RequestMiddlewareProps): void {
  const problem = problemOfBareStatus(ctx);
  if (problem === undefined) applyConditional(ctx);
  else respondProblem(ctx, problem, renderProblem);
}

/** Koa's own listeners learn of it as they would without this middleware. */
function fail(ctx: HttpContext, error: unknown, { renderProblem }: RequestMiddlewareProps): void {
  const problem = toProblem(error);
  ctx.state.answer = undefined;
  respondProblem(ctx, problem, renderProblem);
  ctx.app.emit('error', problem.cause ?? problem, ctx);
}

function finish(ctx: HttpContext, { metrics, accessLog, audit }: RequestMiddlewareProps, seconds: number): void {
  metrics.inFlight--;
  const { counters, requestId, trace, path = ctx.url } = ctx.state;
  // Not by Koa's getters, which ask Node for the same.
  const { method = '' } = ctx.req;
  const { statusCode: status } = ctx.res;
  observe(counters, status, seconds);
  const { traceId, spanId } = trace;
  accessLog({ method, path, counters, status, seconds, requestId, traceId, spanId });
  for (const tell of audit) tell(ctx);
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
