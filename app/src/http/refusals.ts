import { randomHex } from '../runtime/random-id.ts';
import type { Refused } from '../runtime/unreadable-requests.ts';
import type { AccessLog } from './access-log.ts';
import { observe, type RequestMetrics } from './request-metrics.ts';

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
      route: ROUTE,
      status,
      seconds: 0,
      requestId,
      traceId: requestId,
      spanId: randomHex(8),
    });
  };
}
