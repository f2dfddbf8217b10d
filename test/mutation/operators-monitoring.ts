import { misspell, remove, rename, replace, set } from './mutators.ts';
import type { Operator } from './operator.ts';

const ALERT = 'spec/groups/*/rules/*';

/** Alerts that never fire, or that nobody hears. */
export const MONITORING: readonly Operator[] = [
  {
    name: 'a metric that nobody exposes',
    kind: 'PrometheusRule',
    path: `${ALERT}/expr`,
    change: replace('http_requests_total', 'http_request_total'),
  },
  {
    name: 'a label that the metric does not have',
    kind: 'PrometheusRule',
    path: `${ALERT}/expr`,
    change: replace(/status(?==|!)/, 'code'),
  },
  {
    name: 'an expression that does not parse',
    kind: 'PrometheusRule',
    path: `${ALERT}/expr`,
    change: (value) => (typeof value === 'string' ? `${value} )` : undefined),
  },
  { name: 'no severity', kind: 'PrometheusRule', path: `${ALERT}/labels/severity`, change: remove },
  { name: 'no summary', kind: 'PrometheusRule', path: `${ALERT}/annotations/summary`, change: remove },
  { name: 'no runbook', kind: 'PrometheusRule', path: `${ALERT}/annotations/runbook_url`, change: remove },
  { name: 'fires at once', kind: 'PrometheusRule', path: `${ALERT}/for`, change: remove },
  { name: 'a duration without a unit', kind: 'PrometheusRule', path: `${ALERT}/for`, change: set('5') },
  {
    name: 'a monitor that selects nothing',
    kind: 'ServiceMonitor',
    path: 'spec/selector/matchLabels/app.kubernetes.io~name',
    change: misspell,
  },
  {
    name: 'a monitor of a port that does not exist',
    kind: 'ServiceMonitor',
    path: 'spec/endpoints/0/port',
    change: misspell,
  },
  {
    name: 'a monitor that selects nothing (pods)',
    kind: 'PodMonitor',
    path: 'spec/selector/matchLabels/app.kubernetes.io~name',
    change: misspell,
  },
  {
    name: 'a monitor of a port that does not exist (pods)',
    kind: 'PodMonitor',
    path: 'spec/podMetricsEndpoints/0/port',
    change: misspell,
  },
  {
    name: 'a monitor option that does not exist',
    kind: 'ServiceMonitor',
    path: 'spec/endpoints/0',
    change: rename('interval', 'intervall'),
  },
  {
    name: 'a metric in a configured rule that nobody exposes',
    kind: 'ConfigMap',
    path: 'data/*',
    change: replace('http_requests_total', 'http_request_total'),
  },
  {
    name: 'a latency metric in a configured rule that nobody exposes',
    kind: 'ConfigMap',
    path: 'data/*',
    change: replace('http_request_duration_seconds_bucket', 'http_request_duration_bucket'),
  },
  {
    name: 'a runbook that does not exist',
    kind: 'ConfigMap',
    path: 'data/*',
    change: replace(/runbook_url: \S+/, 'runbook_url: https://example.com/nowhere'),
  },
  {
    name: 'a route to a receiver that does not exist',
    kind: 'ConfigMap',
    path: 'data/*',
    change: replace(/receiver: (\S+)/, 'receiver: nobody-at-all'),
  },
  {
    name: 'an Alertmanager of another name',
    kind: 'ConfigMap',
    path: 'data/*',
    change: replace(/alertmanager(?=[.:])/, 'alertmanger'),
  },
];
