import { DURATION_BUCKETS, METRICS } from '../../../app/contract.ts';
import type { ProofSeries } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import type { Sli } from './sli.ts';

/** A constant series of `steps` samples beside the first. */
export function constant(series: string, value: number, steps = 240): ProofSeries {
  return { series, values: `${value}x${steps}` };
}

export function counter(series: string, perStep: number, steps = 240): ProofSeries {
  return { series, values: `0+${perStep}x${steps}` };
}

/** A replica that Prometheus reaches, as the scrape labels it. */
export function pod(context: MonitoringContext, job: string, suffix = 'a'): string {
  return `namespace="${context.namespace}",job="${job}",pod="${job}-${suffix}"`;
}

interface Traffic {
  readonly share: number;
  readonly requests: number;
  readonly steps: number;
}

/** Counters of one pod of which a share of the requests is bad in the sense of the promise. */
export function trafficOf(sli: Sli, context: MonitoringContext, { share, requests, steps }: Traffic): ProofSeries[] {
  const labels = `namespace="${context.namespace}",job="${sli.service}",pod="${sli.service}-a",service="${sli.service}",method="GET",route="/"`;
  const bad = Math.round(requests * share);
  const total = counter(`${METRICS.duration}_count{${labels},status="200"}`, requests, steps);
  if (sli.slo === 'availability') {
    return [
      total,
      counter(`${METRICS.requests}{${labels},status="200"}`, (requests - bad) / 2, steps),
      // Whatever strangers send that no server answers: it is not the service that fails.
      counter(`${METRICS.requests}{${labels},status="501"}`, (requests - bad) / 2, steps),
      counter(`${METRICS.requests}{${labels},status="503"}`, bad, steps),
    ];
  }
  const bucket = (le: string) => `${METRICS.duration}_bucket{${labels},status="200",le="${le}"}`;
  return [
    total,
    // What is too slow for this promise is just too slow: nothing else is broken with it.
    ...DURATION_BUCKETS.map((le) =>
      counter(bucket(String(le)), le > (sli.seconds ?? 0) ? requests : requests - bad, steps),
    ),
    counter(bucket('+Inf'), requests, steps),
  ];
}
