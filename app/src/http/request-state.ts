import type { RouteCounters } from './request-metrics.ts';
import type { Answer } from './send-json.ts';
import type { TraceContext } from './trace-context.ts';

/** What every request carries from the first middleware to the last. */
export interface RequestState {
  requestId: string;
  /** What was asked for, without the query; undefined where the address cannot be read. */
  path: string | undefined;
  trace: TraceContext;
  /** Where this request is counted: its route, once one has matched. */
  counters: RouteCounters;
  /** Whose admin key was used; `unknown` where it was refused, undefined where none is asked for. */
  actor?: string;
  /** Where what was created is. */
  location?: string;
  /** What a route answered, until Koa is told of it or it is sent. */
  answer?: Answer | undefined;
}
