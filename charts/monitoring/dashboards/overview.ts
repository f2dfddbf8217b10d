import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS } from '../../../app/contract.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { SERVICE_SERIES, SLO_SERIES } from '../rules/sli.ts';
import { dashboard, NAMESPACE, SERVICE } from './dashboard.ts';
import { figure, graph } from './panels.ts';

/** The page on the wall: is everything well, and if not, where to look. */
export function overview(context: MonitoringContext): Dashboard {
  return dashboard(context, {
    ref: 'overview',
    title: 'Platform overview',
    description: 'Response time, requests, errors, running containers, CPU and memory, error budget of every service',
    choosesService: true,
    panels: [...figures(context), ...traffic(context), ...use(context)],
  });
}

const BY_JOB = `${NAMESPACE},job=~"$service"`;

/** Where no service promises one. */
const DEFAULT_P95_SECONDS = 0.5;

/** The shortest P95 that any service promises: lines of several services are judged by it. */
function strictestP95(context: MonitoringContext): number {
  return Math.min(DEFAULT_P95_SECONDS, ...context.services.flatMap(({ objectives }) => objectives?.p95Seconds ?? []));
}

function figures(context: MonitoringContext) {
  const strictest = strictestP95(context);
  const total = (name: string) => `sum(${name}{${SERVICE}})`;
  const one = (expr: string) => [{ expr, legend: '' }];
  return [
    figure({
      title: 'Requests',
      description: 'Requests a second to all chosen services, over five minutes.',
      unit: 'reqps',
      queries: one(total(SERVICE_SERIES.requests)),
    }),
    figure({
      title: 'Failed requests',
      description: 'Share of requests that ended in a 5xx, over five minutes.',
      unit: 'percentunit',
      decimals: 2,
      limits: { amber: 0.001, red: 0.05 },
      queries: one(`${total(SERVICE_SERIES.failed)} / ${total(SERVICE_SERIES.requests)}`),
    }),
    figure({
      title: 'Slowest P95',
      description: 'The 95th percentile of the response time of the slowest service, over five minutes.',
      unit: 's',
      limits: { amber: strictest / 2, red: strictest },
      queries: one(`max(${SERVICE_SERIES.quantile(95)}{${SERVICE}})`),
    }),
    figure({
      title: 'Error budget left',
      description:
        'Of the promise that is worst off, over 30 days: 100 % is untouched, below 0 % the promise is broken.',
      unit: 'percentunit',
      decimals: 1,
      limits: { amber: 0.25, red: 0 },
      queries: one(`min(${SLO_SERIES.budgetRemaining}{${SERVICE}})`),
    }),
    figure({
      title: 'Running containers',
      description: 'All containers of the environment that run now, Redis and exporters included.',
      unit: 'none',
      queries: one(`sum(kube_pod_container_status_running{${NAMESPACE}})`),
    }),
    figure({
      title: 'Alerts',
      description: 'Alerts that fire now, pages and tickets.',
      unit: 'none',
      limits: { amber: 1, red: 3 },
      queries: one(`count(ALERTS{${NAMESPACE},alertstate="firing",severity=~"critical|warning"}) or vector(0)`),
    }),
  ];
}

function traffic(context: MonitoringContext) {
  const byService = (name: string) => [{ expr: `${name}{${SERVICE}}`, legend: '{{service}}' }];
  const strictest = strictestP95(context);
  return [
    graph({
      title: 'API response time (P95)',
      description:
        '95 % of requests are faster than this. The red line is the promise, the strictest where they differ.',
      unit: 's',
      limits: { amber: strictest / 2, red: strictest },
      queries: byService(SERVICE_SERIES.quantile(95)),
    }),
    graph({
      title: 'Requests per service',
      description: 'Requests a second, over five minutes.',
      unit: 'reqps',
      queries: byService(SERVICE_SERIES.requests),
    }),
    graph({
      title: 'Failed requests per service',
      description: 'Share of requests that ended in a 5xx. The red line pages somebody.',
      unit: 'percentunit',
      limits: { amber: 0.001, red: 0.05 },
      queries: byService(SERVICE_SERIES.errorRatio),
    }),
    graph({
      title: 'Error budget by service',
      belowZero: true,
      description: 'Of each promise, over 30 days: 100 % is untouched.',
      unit: 'percentunit',
      max: 1,
      limits: { amber: 0.25, red: 0 },
      queries: [{ expr: `min by (service) (${SLO_SERIES.budgetRemaining}{${SERVICE}})`, legend: '{{service}}' }],
    }),
  ];
}

function use(context: MonitoringContext) {
  const highest = (metric: string) => [{ expr: `max by (job) (${metric}{${BY_JOB}})`, legend: '{{job}}' }];
  return [
    graph({
      title: 'Running containers by name',
      description: 'Containers that run, by name.',
      unit: 'none',
      queries: [
        {
          expr: `sum by (container) (kube_pod_container_status_running{${NAMESPACE}})`,
          legend: '{{container}}',
        },
      ],
    }),
    graph({
      title: 'CPU, busiest pod',
      description: "In percent of the container's CPU limit (not of the request).",
      unit: 'percent',
      max: 100,
      limits: { amber: 70, red: 90 },
      queries: highest(METRICS.cpu),
    }),
    graph({
      title: 'Memory, fullest pod',
      description: "In percent of the container's memory limit (not of the request).",
      unit: 'percent',
      max: 100,
      limits: { amber: 80, red: 95 },
      queries: highest(METRICS.memory),
    }),
    ...context.parts.flatMap(({ monitoring }) => monitoring?.overview ?? []),
  ];
}
