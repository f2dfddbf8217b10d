import { METRICS } from '../../../app/contract.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import type { Objectives } from '../../plan/service-spec.ts';
import { bucketUpTo, decimal, series } from '../promql.ts';

/** One promise of one service as requests: which count, and which of them are bad. */
export interface Sli {
  readonly service: string;
  /** `availability`, `latency-p95`, `latency-p99`: the label `slo` of everything compiled from it. */
  readonly slo: string;
  /** For people: `99.9 % of requests succeed`. */
  readonly promise: string;
  /** Above this a response is bad; undefined where its time does not matter. */
  readonly seconds?: number;
  /** Share of requests that may be bad. */
  readonly budget: number;
  /** PromQL, requests a second over five minutes. */
  readonly requests: string;
  readonly bad: string;
}

/** Whether a service has promised something and shows the figures to judge it by. */
export function promises(service: WatchedService): service is WatchedService & { readonly objectives: Objectives } {
  return service.objectives !== null && service.shows(METRICS.requests) && service.shows(METRICS.duration);
}

/** The promises of a service, as the ratio of bad requests that each allows. */
export function slisOf(service: WatchedService, context: MonitoringContext): Sli[] {
  if (!promises(service)) return [];
  const { availabilityPercent, p95Seconds, p99Seconds } = service.objectives;
  return [
    availability(service, context, availabilityPercent),
    latency(service, context, { percent: 95, seconds: p95Seconds }),
    latency(service, context, { percent: 99, seconds: p99Seconds }),
  ];
}

const RATE = (selector: string) => `sum by (namespace, service) (rate(${selector}[5m]))`;

function availability(service: WatchedService, context: MonitoringContext, percent: number): Sli {
  const scope = { namespace: context.namespace, service: service.name };
  const requests = RATE(series(METRICS.requests, scope));
  return {
    service: service.name,
    slo: 'availability',
    promise: `${percent} % of requests do not end in a 5xx`,
    budget: decimal(1 - percent / 100),
    requests,
    // A service that never failed has no such series: that is zero, not nothing.
    bad: `${RATE(series(METRICS.requests, scope, 'status=~"5.."'))} or 0 * ${requests}`,
  };
}

function latency(service: WatchedService, context: MonitoringContext, goal: { percent: number; seconds: number }): Sli {
  const scope = { namespace: context.namespace, service: service.name };
  const requests = RATE(series(`${METRICS.duration}_count`, scope));
  return {
    service: service.name,
    slo: `latency-p${goal.percent}`,
    promise: `${goal.percent} % of requests are faster than ${goal.seconds} s`,
    seconds: goal.seconds,
    budget: decimal(1 - goal.percent / 100),
    requests,
    bad: `clamp_min(${requests} - ${RATE(series(`${METRICS.duration}_bucket`, scope, bucketUpTo(goal.seconds)))}, 0)`,
  };
}
