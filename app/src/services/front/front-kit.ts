import { REQUEST_ID_HEADER } from '../../http/request-id.ts';
import type { HttpContext } from '../../http/route.ts';
import { traceHeaders } from '../../http/trace-context.ts';
import type { HealthBoard } from './calls/health.ts';
import type { QuotesApi } from './calls/quotes-api.ts';
import type { TraceHeaders } from './calls/service-client.ts';
import type { Site } from './site.ts';

/** What the front's routes work with. */
export interface FrontKit {
  readonly site: Site;
  readonly quotes: QuotesApi;
  readonly health: HealthBoard;
}

/** Headers by which the calls of a page are found in the logs and the traces beside the page itself. */
export function traceOf(ctx: HttpContext): TraceHeaders {
  return { [REQUEST_ID_HEADER]: ctx.state.requestId, ...traceHeaders(ctx.state.trace) };
}
