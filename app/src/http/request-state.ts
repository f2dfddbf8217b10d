import type { RouteCounters } from './request-metrics.ts';
import type { TraceContext } from './trace-context.ts';

/** What every request carries from the first middleware to the last. */
export interface RequestState {
  requestId: string;
  trace: TraceContext;
  /** Where this request is counted: its route, once one has matched. */
  counters: RouteCounters;
}
