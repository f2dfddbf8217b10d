import { METRICS } from '../../../app/contract.ts';
import type { Objectives } from '../../plan/service-spec.ts';
import { decimal } from '../promql.ts';
import { HIGH_ERROR_RATIO } from '../rules/traffic-alerts.ts';
import { figure, graph, type Limits, NO_TRAFFIC } from './panels.ts';

/** What is left of an error budget: three quarters spent is a warning, all of it is a broken promise. */
export const BUDGET_LIMITS: Limits = { amber: 0.25, red: 0, lowIsBad: true };

/** Where a response time and a share of failures turn amber and red: at what was promised of them, and at what pages. */
export function limitsOf(objectives: Objectives | null): { time: Limits | undefined; failed: Limits | undefined } {
  if (objectives === null) return { time: undefined, failed: undefined };
  const { availabilityPercent, p95Seconds, p99Seconds } = objectives;
  return {
    time: { amber: p95Seconds, red: p99Seconds },
    failed: { amber: decimal(1 - availabilityPercent / 100), red: HIGH_ERROR_RATIO },
  };
}

/** What users see of one service or of several, by expressions for one value each. */
export function seenByUsers(
  exprs: Readonly<Record<'requests' | 'failed' | 'p95' | 'budget', string>>,
  objectives: Objectives | null,
) {
  const { time, failed } = limitsOf(objectives);
  const promise = objectives === null ? '' : ` The promise is ${objectives.p95Seconds} s.`;
  const requests = { title: 'Requests', description: 'Requests a second, over five minutes.' };
  return [
    figure({ ...requests, unit: 'reqps', expr: exprs.requests }),
    figure({
      title: 'Failed requests',
      description: 'Share of requests that ended in a 5xx, over the last minutes.',
      unit: 'percentunit',
      decimals: 2,
      limits: failed,
      quiet: NO_TRAFFIC,
      expr: exprs.failed,
    }),
    figure({
      title: 'P95',
      description: `95 % of requests are faster than this; of several services the slowest.${promise}`,
      unit: 's',
      limits: time,
      quiet: NO_TRAFFIC,
      expr: exprs.p95,
    }),
    figure({
      title: 'Error budget left',
      description: 'Of the promise that is worst off, over 30 days: 100 % is untouched, below 0 % it is broken.',
      unit: 'percentunit',
      decimals: 1,
      limits: BUDGET_LIMITS,
      quiet: NO_TRAFFIC,
      expr: exprs.budget,
    }),
  ];
}

export function requestRate(scope: string, by: string): Readonly<Record<string, string>> {
  const legend = by.split(', ').map((label) => `{{${label}}}`);
  return { [legend.join(' ')]: `sum by (${by}) (rate(${METRICS.requests}{${scope}}[5m]))` };
}

/** What one service or one pod answers: which status, and which route is slow. */
export function answers(scope: string) {
  const slowest = `histogram_quantile(0.95, sum by (le, method, route) (rate(${METRICS.duration}_bucket{${scope}}[5m])))`;
  return [
    graph({
      title: 'Response time by route (P95)',
      description: 'Which route is slow.',
      unit: 's',
      quiet: NO_TRAFFIC,
      lines: { '{{method}} {{route}}': slowest },
    }),
    graph({
      title: 'Requests by status',
      description: 'Requests a second by status code.',
      unit: 'reqps',
      lines: requestRate(scope, 'status'),
    }),
  ];
}

type GraphOptions = Parameters<typeof graph>[0];

export function budgetLeft(options: Pick<GraphOptions, 'title' | 'lines' | 'opens'>) {
  return graph({
    description: 'Of each promise, over 30 days: 100 % is untouched, below 0 % the promise is broken.',
    belowZero: true,
    unit: 'percentunit',
    max: 1,
    limits: BUDGET_LIMITS,
    quiet: NO_TRAFFIC,
    ...options,
  });
}

/** CPU and memory, in percent of what the container may use. */
export function usage(
  resource: 'CPU' | 'Memory',
  { note = '', ...options }: Pick<GraphOptions, 'title' | 'lines' | 'opens' | 'limits'> & { readonly note?: string },
) {
  const limit = `the container's ${resource === 'CPU' ? resource : 'memory'} limit`;
  return graph({
    description: `In percent of ${limit} (not of the request).${note}`,
    unit: 'percent',
    max: 100,
    ...options,
  });
}

export const EVENT_LOOP = {
  title: 'Event loop delay (P99)',
  description: 'How long work waits for the process; above 0.1 s it has too much to do.',
  unit: 's',
  limits: { amber: 0.1, red: 0.5 },
  metric: 'nodejs_eventloop_lag_p99_seconds',
} as const;
