import type { RouteCounters } from './request-metrics.ts';
import type { TraceContext } from './trace-context.ts';

/** What every request carries from the first middleware to the last. */
export interface RequestState {
  requestId: string;
  trace: TraceContext;
  /** Where this request is counted: its route, once one has matched. */
  counters: RouteCounters;
  /** Whose admin key was used; `unknown` where it was refused, undefined where none is asked for. */
  actor?: string;
}
