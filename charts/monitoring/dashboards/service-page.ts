import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS } from '../../../app/contract.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import type { Objectives } from '../../plan/service-spec.ts';
import { BURN_WINDOWS, promises, QUANTILES, SERVICE_SERIES, SLO_SERIES } from '../rules/sli.ts';
import { cpuThresholds, memoryThresholds } from '../rules/usage-alerts.ts';
import { dashboard, NAMESPACE } from './dashboard.ts';
import { figure, graph } from './panels.ts';

/** Everything about one service: what its users see, what it promised, what it uses. */
export function servicePage(service: WatchedService, context: MonitoringContext): Dashboard {
  return dashboard(context, {
    ref: { service: service.name },
    title: `Service: ${service.name}`,
    description: service.description,
    choosesService: false,
    panels: [
      ...(promises(service) ? promised(service, service.objectives) : [pods(service)]),
      ...use(service),
      ...(service.shows(METRICS.redisUp) ? [redisClient(service)] : []),
      ...(service.shows(METRICS.searchLag) ? searchIndex(service) : []),
    ],
  });
}

const own = (service: WatchedService) => `${NAMESPACE},service="${service.name}"`;
const targets = (service: WatchedService) => `${NAMESPACE},job="${service.name}"`;

function promised(service: WatchedService, objectives: Objectives) {
  return [...figures(service, objectives), ...traffic(service, objectives), ...budget(service)];
}

function figures(service: WatchedService, { p95Seconds }: Objectives) {
  const one = (expr: string) => [{ expr, legend: '' }];
  const recorded = (name: string) => `${name}{${own(service)}}`;
  return [
    figure({
      title: 'Requests',
      description: 'Requests a second, over five minutes.',
      unit: 'reqps',
      queries: one(recorded(SERVICE_SERIES.requests)),
    }),
    figure({
      title: 'Failed requests',
      description: 'Share of requests that ended in a 5xx, over two minutes.',
      unit: 'percentunit',
      decimals: 2,
      limits: { amber: 0.001, red: 0.05 },
      queries: one(recorded(SERVICE_SERIES.errorRatio)),
    }),
    figure({
      title: 'P95',
      description: `95 % of requests are faster than this; the promise is ${p95Seconds} s.`,
      unit: 's',
      limits: { amber: p95Seconds / 2, red: p95Seconds },
      queries: one(recorded(SERVICE_SERIES.quantile(95))),
    }),
    figure({
      title: 'Error budget left',
      description: 'Of the promise that is worst off, over 30 days.',
      unit: 'percentunit',
      decimals: 1,
      limits: { amber: 0.25, red: 0 },
      queries: one(`min(${recorded(SLO_SERIES.budgetRemaining)})`),
    }),
    pods(service),
    figure({
      title: 'In flight',
      description: 'Requests being served now, all pods.',
      unit: 'none',
      queries: one(`sum(${METRICS.inFlight}{${targets(service)}})`),
    }),
  ];
}

function pods({ name, size, kind }: WatchedService) {
  const available =
    kind === 'deployment' ? 'kube_deployment_status_replicas_available' : 'kube_statefulset_status_replicas_ready';
  return figure({
    title: 'Pods',
    description: `Available pods; the floor is ${size.minReplicas}, the ceiling ${size.maxReplicas}.`,
    unit: 'none',
    limits: { amber: size.minReplicas + 0.5, red: size.minReplicas },
    queries: [{ expr: `${available}{${NAMESPACE},${kind}="${name}"}`, legend: '' }],
  });
}

function traffic(service: WatchedService, { p95Seconds, p99Seconds }: Objectives) {
  const rate = (by: string) => `sum by (${by}) (rate(${METRICS.requests}{${own(service)}}[5m]))`;
  return [
    graph({
      title: 'Response time',
      description: `Percentiles over five minutes. Promised: P95 below ${p95Seconds} s, P99 below ${p99Seconds} s.`,
      unit: 's',
      limits: { amber: p95Seconds, red: p99Seconds },
      queries: QUANTILES.map((percent) => ({
        expr: `${SERVICE_SERIES.quantile(percent)}{${own(service)}}`,
        legend: `P${percent}`,
      })),
    }),
    graph({
      title: 'Response time by route (P95)',
      description: 'Which route is slow.',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (le, method, route) (rate(${METRICS.duration}_bucket{${own(service)}}[5m])))`,
          legend: '{{method}} {{route}}',
        },
      ],
    }),
    graph({
      title: 'Requests by status',
      description: 'Requests a second by status code.',
      unit: 'reqps',
      queries: [{ expr: rate('status'), legend: '{{status}}' }],
    }),
    graph({
      title: 'Requests by route',
      description: 'Requests a second by route.',
      unit: 'reqps',
      queries: [{ expr: rate('method, route'), legend: '{{method}} {{route}}' }],
    }),
  ];
}

function budget(service: WatchedService) {
  const [fast] = BURN_WINDOWS;
  return [
    graph({
      title: 'Error budget by promise',
      belowZero: true,
      description: 'Of each promise, over 30 days: 100 % is untouched, below 0 % the promise is broken.',
      unit: 'percentunit',
      max: 1,
      limits: { amber: 0.25, red: 0 },
      queries: [{ expr: `${SLO_SERIES.budgetRemaining}{${own(service)}}`, legend: '{{slo}}' }],
    }),
    graph({
      title: 'Burn rate',
      description: `How many times faster than sustainable the budget is spent, over one hour. ${fast?.factor ?? 0} pages somebody.`,
      unit: 'short',
      limits: { amber: 1, red: fast?.factor ?? 1 },
      queries: [
        {
          expr: `${SLO_SERIES.errorRatio('1h')}{${own(service)}} / on (namespace, service, slo) (1 - ${SLO_SERIES.objective}{${own(service)}})`,
          legend: '{{slo}}',
        },
      ],
    }),
  ];
}

function use(service: WatchedService) {
  const cpu = cpuThresholds(service);
  const memory = memoryThresholds(service);
  const byPod = (metric: string) => [{ expr: `${metric}{${targets(service)}}`, legend: '{{pod}}' }];
  const panels: readonly { readonly of: string; readonly panel: () => ReturnType<typeof graph> }[] = [
    {
      of: METRICS.cpu,
      panel: () =>
        graph({
          title: 'CPU by pod',
          description: `In percent of the container's CPU limit (not of the request).${cpu.held === null ? '' : ` The autoscaler holds about ${cpu.held} %.`}`,
          unit: 'percent',
          max: 100,
          limits: { amber: cpu.warning, red: cpu.critical },
          queries: byPod(METRICS.cpu),
        }),
    },
    {
      of: METRICS.memory,
      panel: () =>
        graph({
          title: 'Memory by pod',
          description: `In percent of the container's memory limit (not of the request).`,
          unit: 'percent',
          max: 100,
          limits: { amber: memory.warning, red: memory.critical },
          queries: byPod(METRICS.memory),
        }),
    },
    { of: EVENT_LOOP_DELAY, panel: () => eventLoop(byPod(EVENT_LOOP_DELAY)) },
    { of: METRICS.connections, panel: () => connections(service) },
  ];
  return panels.filter(({ of }) => service.shows(of)).map(({ panel }) => panel());
}

const EVENT_LOOP_DELAY = 'nodejs_eventloop_lag_p99_seconds';

function eventLoop(queries: Parameters<typeof graph>[0]['queries']) {
  return graph({
    title: 'Event loop delay (P99)',
    description: 'How long work waits for the process; above 0.1 s it has too much to do.',
    unit: 's',
    limits: { amber: 0.1, red: 0.5 },
    queries,
  });
}

function connections(service: WatchedService) {
  return graph({
    title: 'Connections and refusals',
    description: 'Open connections, and requests turned away a second at the bound of concurrency.',
    unit: 'short',
    queries: [
      { expr: `sum(${METRICS.connections}{${targets(service)}})`, legend: 'connections' },
      { expr: `sum(rate(${METRICS.shed}{${targets(service)}}[5m]))`, legend: 'refused a second' },
    ],
  });
}

function redisClient(service: WatchedService) {
  return graph({
    title: 'Connection to Redis',
    description: 'Pods that are connected, and errors and reconnections a second.',
    unit: 'short',
    queries: [
      { expr: `sum(${METRICS.redisUp}{${targets(service)}})`, legend: 'connected pods' },
      { expr: `sum(rate(${METRICS.redisErrors}{${targets(service)}}[5m]))`, legend: 'errors a second' },
      { expr: `sum(rate(${METRICS.redisReconnects}{${targets(service)}}[5m]))`, legend: 'reconnections a second' },
    ],
  });
}

function searchIndex(service: WatchedService) {
  const byPod = (metric: string) => [{ expr: `${metric}{${targets(service)}}`, legend: '{{pod}}' }];
  return [
    graph({
      title: 'Index lag',
      description: 'Seconds between a change and its arrival in the index of a pod; a second is promised.',
      unit: 's',
      limits: { amber: 1, red: 5 },
      queries: byPod(METRICS.searchLag),
    }),
    graph({
      title: 'Indexed quotes',
      description: 'Quotes in the index of each pod: all the same, or one is behind.',
      unit: 'short',
      queries: byPod(METRICS.searchDocuments),
    }),
  ];
}
