import { METRICS } from '../../../app/contract.ts';
import type { Objectives } from '../../plan/service-spec.ts';
import { decimal } from '../promql.ts';
import { HIGH_ERROR_RATIO } from '../rules/traffic-alerts.ts';
import { figure, type GraphOptions, graph, type Limits, NO_TRAFFIC } from './panels.ts';

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
  return [
    figure('Requests', 'reqps', { description: 'Requests a second, over five minutes.', expr: exprs.requests }),
    figure('Failed requests', 'percentunit', {
      description: 'Share of requests that ended in a 5xx, over the last minutes.',
      decimals: 2,
      limits: failed,
      quiet: NO_TRAFFIC,
      expr: exprs.failed,
    }),
    figure('P95', 's', {
      description: `95 % of requests are faster than this; of several services the slowest.${promise}`,
      limits: time,
      quiet: NO_TRAFFIC,
      expr: exprs.p95,
    }),
    figure('Error budget left', 'percentunit', {
      description: 'Of the promise that is worst off, over 30 days: 100 % is untouched, below 0 % it is broken.',
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
    graph('Response time by route (P95)', 's', {
      description: 'Which route is slow.',
      quiet: NO_TRAFFIC,
      lines: { '{{method}} {{route}}': slowest },
    }),
    graph('Requests by status', 'reqps', {
      description: 'Requests a second by status code.',
      lines: requestRate(scope, 'status'),
    }),
  ];
}

export function budgetLeft(title: string, options: Pick<GraphOptions, 'lines' | 'opens'>) {
  return graph(title, 'percentunit', {
    description: 'Of each promise, over 30 days: 100 % is untouched, below 0 % the promise is broken.',
    belowZero: true,
    max: 1,
    limits: BUDGET_LIMITS,
    quiet: NO_TRAFFIC,
    ...options,
  });
}

/** CPU and memory, in percent of what the container may use. */
export function usage(
  title: string,
  resource: 'CPU' | 'memory',
  { note = '', ...options }: Pick<GraphOptions, 'lines' | 'opens' | 'limits'> & { readonly note?: string },
) {
  const description = `In percent of the container's ${resource} limit (not of the request).${note}`;
  return graph(title, 'percent', { description, max: 100, ...options });
}

export const EVENT_LOOP_DELAY = 'nodejs_eventloop_lag_p99_seconds';

export function eventLoop(options: Pick<GraphOptions, 'lines' | 'opens'>) {
  const description = 'How long work waits for the process; above 0.1 s it has too much to do.';
  return graph('Event loop delay (P99)', 's', { description, limits: { amber: 0.1, red: 0.5 }, ...options });
}
