import { DURATION_BUCKETS, METRICS } from '../../../app/contract.ts';
import type { Watch } from '../watch.ts';
import { counter, type ProofSeries } from './proof.ts';
import type { Sli } from './sli.ts';

/** A replica that Prometheus reaches, as the scrape labels it. */
export function pod(watch: Watch, job: string, suffix = 'a'): string {
  return `namespace="${watch.namespace}",job="${job}",pod="${job}-${suffix}"`;
}

interface Traffic {
  readonly share: number;
  readonly requests: number;
  readonly steps: number;
}

/** Counters of one pod of which a share of the requests is bad in the sense of the promise. */
export function trafficOf(sli: Sli, watch: Watch, { share, requests, steps }: Traffic): ProofSeries[] {
  const labels = `namespace="${watch.namespace}",job="${sli.service}",pod="${sli.service}-a",service="${sli.service}",method="GET",route="/"`;
  const bad = Math.round(requests * share);
  const total = counter(`${METRICS.duration}_count{${labels},status="200"}`, requests, steps);
  if (sli.slo === 'availability') {
    return [
      total,
      counter(`${METRICS.requests}{${labels},status="200"}`, requests - bad, steps),
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
