import type { LogSink } from '../runtime/log-sink.ts';
import type { Logger } from '../runtime/logger.ts';
import { randomHex } from '../runtime/random-id.ts';
import type { Refused } from '../runtime/unreadable-requests.ts';
import { observe, type RequestMetrics, type RouteCounters } from './request-metrics.ts';
import type { HttpContext } from './route.ts';

/** What one line says about one request. */
export interface AccessEntry {
  readonly method: string;
  /** Without the query: what people search for is their own business. */
  readonly path: string;
  /** Where it is counted, by the route's template. */
  readonly counters: RouteCounters;
  readonly status: number;
  readonly seconds: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly spanId: string;
}

export type AccessLog = (entry: AccessEntry) => void;

/** Tells of a request to a route that asks for an admin key, allowed or not. */
export type AuditTrail = (ctx: HttpContext) => void;

const MAX_PATH = 200;
/** A path that stands in JSON as it is. */
const PLAIN = /^[\w/.-]{1,200}$/;

/**
 * Writes one line a request into pino's own destination. The line is put together by hand, in pino's shape:
 * pino's serialising of the same nine fields costs a fifth of a small read's throughput. Few pieces, for each costs a tenth of the rest.
 * @param pathsArePersonal logs the route in place of the path; see Service
 */
export function createAccessLog(log: Logger, sink: LogSink, pathsArePersonal = false): AccessLog {
  if (!log.isLevelEnabled('info')) return () => {};
  const base = baseOf(log);
  const about = (method: string, { route }: RouteCounters) =>
    `,${base},"msg":"request","method":"${method}","route":"${route}","path":`;
  const known = new Map<RouteCounters, string>();
  return (entry) => {
    const { counters, method, status, seconds, requestId, traceId, spanId } = entry;
    if (!known.has(counters)) known.set(counters, about(counters.method, counters));
    const middle = method === counters.method ? known.get(counters) : about(method, counters);
    // Route, method, ids and numbers are ours or checked; only the path needs escaping.
    const path = pathsArePersonal ? counters.route : entry.path;
    const json = PLAIN.test(path) ? `"${path}"` : JSON.stringify(path.slice(0, MAX_PATH));
    sink.write(
      `{"level":"info","time":${Date.now()}${middle}${json},"status":${status},"ms":${(seconds * 1000).toFixed(3)},` +
        `"requestId":"${requestId}","traceId":"${traceId}","spanId":"${spanId}"}\n`,
    );
  };
}

/**
 * Who did what, when, and how it ended: a line of the log that no level leaves out, without keys or bodies. By hand for the
 * same reason: pino's took a twentieth of the time that a new quote takes.
 * @param pathsArePersonal names the route in place of what was written; see Service
 */
export function auditTrail(log: Logger, sink: LogSink, pathsArePersonal = false): AuditTrail {
  const base = baseOf(log);
  return (ctx) => {
    const { actor, requestId, trace, counters, location, path = '' } = ctx.state;
    if (actor === undefined) return;
    const { route } = counters;
    const what = pathsArePersonal ? route : (location ?? path);
    sink.write(
      `{"level":"info","time":${Date.now()},${base},"msg":"audit","who":"${actor}","method":"${ctx.method}","route":"${route}",` +
        `"what":${JSON.stringify(what.slice(0, MAX_PATH))},"status":${ctx.status},"requestId":"${requestId}","traceId":"${trace.traceId}"}\n`,
    );
  };
}

/** What every line of the service says. */
function baseOf(log: Logger): string {
  return JSON.stringify(log.bindings()).slice(1, -1);
}

/** Route and method of requests that the parser refused: neither can be read. */
const ROUTE = 'unreadable';
const METHOD = 'OTHER';

/** Counts and logs requests that never reach the application, beside all others. */
export function refusals(metrics: RequestMetrics, accessLog: AccessLog): (request: Refused) => void {
  const counters = metrics.counters(METHOD, ROUTE);
  return ({ status, requestId }) => {
    observe(counters, status, 0);
    accessLog({
      method: METHOD,
      path: '',
      counters,
      status,
      seconds: 0,
      requestId,
      traceId: requestId,
      spanId: randomHex(8),
    });
  };
}
