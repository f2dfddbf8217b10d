import { METRICS } from '../../../app/contract.ts';
import type { RecordingRule } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { series } from '../promql.ts';

/** Names of what is recorded of every service; labels: namespace, service. */
export const SERVICE_SERIES = {
  requests: 'service:http_requests:rate5m',
  failed: 'service:http_requests_failed:rate5m',
  errorRatio: 'service:http_requests_failed:ratio_rate2m',
  quantile: (percent: number) => `service:http_request_duration_seconds:p${percent}_5m`,
} as const;

export const QUANTILES = [50, 95, 99] as const;

/** What dashboards and alerts ask of every service, worked out once. */
export function serviceRecordings(context: MonitoringContext): RecordingRule[] {
  const scope = { namespace: context.namespace };
  const rate = (window: string, ...more: string[]) =>
    `sum by (namespace, service) (rate(${series(METRICS.requests, scope, ...more)}[${window}]))`;
  const failedOrZero = (window: string) => `(${rate(window, 'status=~"5.."')} or 0 * ${rate(window)})`;
  return [
    { record: SERVICE_SERIES.requests, expr: rate('5m') },
    { record: SERVICE_SERIES.failed, expr: failedOrZero('5m') },
    { record: SERVICE_SERIES.errorRatio, expr: `${failedOrZero('2m')} / (${rate('2m')} > 0)` },
    ...QUANTILES.map((percent) => ({
      record: SERVICE_SERIES.quantile(percent),
      expr:
        `histogram_quantile(${percent / 100}, ` +
        `sum by (namespace, service, le) (rate(${series(`${METRICS.duration}_bucket`, scope)}[5m])))`,
    })),
  ];
}
