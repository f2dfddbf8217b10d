import { DURATION_BUCKETS, METRICS } from '../../../app/contract.ts';
import { bucketUpTo, decimal, series } from '../promql.ts';
import type { Watch, WatchedService } from '../watch.ts';

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

/** The promises of a service, as the ratio of bad requests that each allows. */
export function slisOf(service: WatchedService, watch: Watch): Sli[] {
  const { availabilityPercent, p95Seconds, p99Seconds } = service.objectives;
  return [
    availability(service, watch, availabilityPercent),
    latency(service, watch, { percent: 95, seconds: p95Seconds }),
    latency(service, watch, { percent: 99, seconds: p99Seconds }),
  ];
}

const RATE = (selector: string) => `sum by (namespace, service) (rate(${selector}[5m]))`;

function availability(service: WatchedService, watch: Watch, percent: number): Sli {
  const scope = { namespace: watch.namespace, service: service.name };
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

function latency(service: WatchedService, watch: Watch, goal: { percent: number; seconds: number }): Sli {
  const buckets: readonly number[] = DURATION_BUCKETS;
  if (!buckets.includes(goal.seconds)) {
    throw new Error(
      `${service.name}: the objective of ${goal.seconds} s for ${goal.percent} % of requests is no bucket of the histogram ` +
        `(${buckets.join(', ')}); choose one of them or add it to DURATION_BUCKETS in app/contract.ts`,
    );
  }
  const scope = { namespace: watch.namespace, service: service.name };
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
