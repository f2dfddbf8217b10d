import { METRICS } from '../../../app/contract.ts';
import type { Alert } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant } from './proof.ts';
import { pod } from './proof-traffic.ts';

/** A new quote is promised within a second. */
const LAG_SECONDS = 5;

export function searchAlerts({ name, shows }: WatchedService, context: MonitoringContext): Alert[] {
  if (!shows(METRICS.searchLag)) return [];
  const lag = (seconds: number) => [constant(`${METRICS.searchLag}{${pod(context, name)}}`, seconds)];
  return [
    {
      name: 'SearchIndexLagging',
      severity: 'warning',
      symptom: 'search-index',
      service: name,
      expr: `${series(METRICS.searchLag, { namespace: context.namespace, job: name })} > ${LAG_SECONDS}`,
      for: '5m',
      summary: 'The index of pod {{ $labels.pod }} is {{ $value | humanizeDuration }} behind',
      description: `A new quote should be found within a second; this replica has been more than ${LAG_SECONDS} s behind for 5 minutes.`,
      dashboard: { service: name },
      proof: { fires: lag(LAG_SECONDS + 1), quiet: lag(LAG_SECONDS - 1), at: '10m' },
    },
  ];
}
