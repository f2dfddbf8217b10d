import type { Logger } from '../runtime/logger.ts';
import type { RequestSpan, Tracing } from '../runtime/tracing.ts';
import type { AccessLog } from './access-log.ts';
import { applyConditional } from './conditional.ts';
import type { HttpProblem } from './problem.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
import { observe, type RequestMetrics, type RouteCounters } from './request-metrics.ts';
import { type ProblemRenderer, problemOfBareStatus, respondProblem } from './respond-problem.ts';
import type { HttpContext } from './route.ts';
import type { HeaderList } from './security-headers.ts';
import { toProblem } from './to-problem.ts';
import { readTraceContext } from './trace-context.ts';

export interface EnvelopeProps {
  readonly log: Logger;
  readonly accessLog: AccessLog;
  readonly metrics: RequestMetrics;
  readonly headers: HeaderList;
  readonly renderProblem?: ProblemRenderer;
  /** @default - nothing is exported; trace ids are still carried on */
  readonly tracing?: Tracing;
  /** True while the process drains: connections are then closed after their response. */
  readonly draining: () => boolean;
}

/** A middleware on our own context. */
export type HttpMiddleware = (ctx: HttpContext, next: () => Promise<void>) => Promise<void>;

/** Label of requests that no route matched; what was asked for is in the log only. */
const UNMATCHED = 'unmatched';
const COUNTED_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * What surrounds every request: identity, headers, errors as problems, 304, counts and one log line.
 * One middleware rather than six: each layer costs a promise on the hot path, and the order is readable here.
 */
export function envelope(props: EnvelopeProps): HttpMiddleware {
  const unmatched = unmatchedCounters(props.metrics);
  return async (ctx, next) => {
    const started = performance.now();
    const span = begin(ctx, props, unmatched(ctx.method));
    try {
      await (span === undefined ? next() : span.run(next));
      const problem = problemOfBareStatus(ctx);
      if (problem === undefined) applyConditional(ctx);
      else respondProblem(ctx, problem, props.renderProblem);
    } catch (error) {
      fail(ctx, toProblem(error), props);
    } finally {
      finish(ctx, props, (performance.now() - started) / 1000);
      span?.end({ method: ctx.method, route: ctx.state.counters.route, status: ctx.status });
    }
  };
}

/** Looked up once: a request is counted as unmatched until a route takes it, so every one asks. */
function unmatchedCounters(metrics: RequestMetrics): (method: string) => RouteCounters {
  const other = metrics.counters('OTHER', UNMATCHED);
  const known = new Map([...COUNTED_METHODS].map((method) => [method, metrics.counters(method, UNMATCHED)]));
  return (method) => known.get(method) ?? other;
}

function begin(ctx: HttpContext, props: EnvelopeProps, counters: RouteCounters): RequestSpan | undefined {
  const { metrics, headers, draining, tracing } = props;
  metrics.inFlight++;
  const { state, req, res } = ctx;
  state.counters = counters;
  const incoming = readTraceContext(single(req.headers['traceparent']), single(req.headers['tracestate']));
  const span = tracing?.begin(incoming);
  state.trace = span?.trace ?? incoming;
  state.requestId = requestIdOf(req.headers['x-request-id'], state.trace.traceId);
  res.setHeader(REQUEST_ID_HEADER, state.requestId);
  for (const [name, value] of headers) res.setHeader(name, value);
  if (draining()) res.setHeader('Connection', 'close');
  return span;
}

function fail(ctx: HttpContext, problem: HttpProblem, { log, renderProblem }: EnvelopeProps): void {
  // A 503 says nothing that the access line and the Redis log lines do not: an outage must not flood the log.
  const level = problem.status === 500 ? 'error' : 'debug';
  log[level]({ err: problem.cause ?? problem, requestId: ctx.state.requestId }, 'request failed');
  respondProblem(ctx, problem, renderProblem);
}

function finish(ctx: HttpContext, { metrics, accessLog }: EnvelopeProps, seconds: number): void {
  metrics.inFlight--;
  const { counters, requestId, trace } = ctx.state;
  observe(counters, ctx.status, seconds);
  const { method, path, status } = ctx;
  const { traceId, spanId } = trace;
  accessLog({ method, path, route: counters.route, status, seconds, requestId, traceId, spanId });
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
