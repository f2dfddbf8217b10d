import { METRICS } from '../../../app/contract.ts';
import { series } from '../promql.ts';
import { INDEXED } from '../sources/metric-lines.ts';
import type { Watch, WatchedService } from '../watch.ts';
import { constant } from './proof.ts';
import { pod } from './proof-traffic.ts';
import type { Alert } from './rule.ts';

/** A new quote is promised within a second. */
const LAG_SECONDS = 5;

export function searchAlerts({ name }: WatchedService, watch: Watch): Alert[] {
  if (name !== INDEXED) return [];
  const lag = (seconds: number) => [constant(`${METRICS.searchLag}{${pod(watch, name)}}`, seconds)];
  return [
    {
      name: 'SearchIndexLagging',
      severity: 'warning',
      symptom: 'search-index',
      service: name,
      expr: `${series(METRICS.searchLag, { namespace: watch.namespace, job: name })} > ${LAG_SECONDS}`,
      for: '5m',
      summary: 'The index of pod {{ $labels.pod }} is {{ $value | humanizeDuration }} behind',
      description: `A new quote should be found within a second; this replica has been more than ${LAG_SECONDS} s behind for 5 minutes.`,
      dashboard: { service: name },
      proof: { fires: lag(LAG_SECONDS + 1), quiet: lag(LAG_SECONDS - 1), at: '10m' },
    },
  ];
}
