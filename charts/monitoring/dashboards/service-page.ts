import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS } from '../../../app/contract.ts';
import { when } from '../../constructs/lists.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import type { Objectives } from '../../plan/service-spec.ts';
import { type DataLink, podLink, tracesLinks } from '../links.ts';
import { availablePods } from '../rules/replica-alerts.ts';
import { BURN_WINDOWS, promises, QUANTILES, SERVICE_SERIES, SLO_SERIES } from '../rules/sli.ts';
import { LAG_SECONDS } from '../rules/traffic-alerts.ts';
import { cpuThresholds, memoryThresholds } from '../rules/usage-alerts.ts';
import { dashboard, NAMESPACE } from './dashboard.ts';
import { figure, graph, NO_TRAFFIC } from './panels.ts';
import { answers, budgetLeft, EVENT_LOOP, limitsOf, requestRate, seenByUsers, usage } from './signals.ts';

export function servicePage(service: WatchedService, context: MonitoringContext): Dashboard {
  const promised = promises(service) ? service.objectives : null;
  const opens = podLink(context.project);
  return dashboard(context, {
    ref: { service: service.name },
    title: `Service: ${service.name}`,
    description: service.description,
    panels: [
      ...(promised === null
        ? [pods(service)]
        : [...figures(service, promised), ...traffic(service, promised), ...budget(service)]),
      ...use(service, opens),
    ],
    more: [
      ...when(promised !== null, byRoute(service)),
      ...inside(service, opens),
      ...when(service.shows(METRICS.redisUp), redisClient(service)),
      ...(service.shows(METRICS.searchLag) ? searchIndex(service, opens) : []),
    ],
    links: tracesLinks(service.name, context),
  });
}

const own = (service: WatchedService) => `${NAMESPACE},service="${service.name}"`;
const targets = (service: WatchedService) => `${NAMESPACE},job="${service.name}"`;
const byPod = (service: WatchedService, metric: string) => ({ '{{pod}}': `${metric}{${targets(service)}}` });

function figures(service: WatchedService, objectives: Objectives) {
  const recorded = (name: string) => `${name}{${own(service)}}`;
  const exprs = {
    requests: recorded(SERVICE_SERIES.requests),
    failed: recorded(SERVICE_SERIES.errorRatio),
    p95: recorded(SERVICE_SERIES.quantile(95)),
    budget: `min(${recorded(SLO_SERIES.budgetRemaining)})`,
  };
  return [
    ...seenByUsers(exprs, objectives),
    pods(service),
    figure({
      title: 'In flight',
      description: 'Requests being served now, all pods.',
      unit: 'none',
      expr: `sum(${METRICS.inFlight}{${targets(service)}})`,
    }),
  ];
}

function pods(service: WatchedService) {
  const { name, size, kind } = service;
  return figure({
    title: 'Pods',
    description: `Available pods: at least ${size.minReplicas} (minReplicas), at most ${size.maxReplicas} (maxReplicas).`,
    unit: 'none',
    limits: { red: size.minReplicas, lowIsBad: true },
    expr: `${availablePods(service)}{${NAMESPACE},${kind}="${name}"}`,
  });
}

function traffic(service: WatchedService, objectives: Objectives) {
  return [
    graph({
      title: 'Response time',
      description: `Percentiles over five minutes. Promised: P95 below ${objectives.p95Seconds} s, P99 below ${objectives.p99Seconds} s.`,
      unit: 's',
      limits: limitsOf(objectives).time,
      quiet: NO_TRAFFIC,
      lines: Object.fromEntries(
        QUANTILES.map((percent) => [`P${percent}`, `${SERVICE_SERIES.quantile(percent)}{${own(service)}}`]),
      ),
    }),
    ...answers(own(service)),
  ];
}

function byRoute(service: WatchedService) {
  return graph({
    title: 'Requests by route',
    description: 'Requests a second by route.',
    unit: 'reqps',
    lines: requestRate(own(service), 'method, route'),
  });
}

function budget(service: WatchedService) {
  const [fast] = BURN_WINDOWS;
  return [
    budgetLeft({
      title: 'Error budget by promise',
      lines: { '{{slo}}': `${SLO_SERIES.budgetRemaining}{${own(service)}}` },
    }),
    graph({
      title: 'Burn rate',
      description: `How many times faster than sustainable the budget is spent, over one hour. ${fast?.factor ?? 0} pages somebody.`,
      unit: 'short',
      limits: { amber: 1, red: fast?.factor ?? 1 },
      quiet: NO_TRAFFIC,
      lines: {
        '{{slo}}': `${SLO_SERIES.errorRatio('1h')}{${own(service)}} / on (namespace, service, slo) (1 - ${SLO_SERIES.objective}{${own(service)}})`,
      },
    }),
  ];
}

function use(service: WatchedService, opens: DataLink) {
  const shown = [
    { resource: 'CPU', metric: METRICS.cpu, at: cpuThresholds(service) },
    { resource: 'Memory', metric: METRICS.memory, at: memoryThresholds(service) },
  ] as const;
  return shown
    .filter(({ metric }) => service.shows(metric))
    .map(({ resource, metric, at }) =>
      usage(resource, {
        title: `${resource} by pod`,
        note: at.held === null ? '' : ` The autoscaler holds about ${at.held} %.`,
        limits: { amber: at.warning, red: at.critical },
        lines: byPod(service, metric),
        opens,
      }),
    );
}

function inside(service: WatchedService, opens: DataLink) {
  const eventLoop = graph({ ...EVENT_LOOP, lines: byPod(service, EVENT_LOOP.metric), opens });
  const connections = graph({
    title: 'Connections and refusals',
    description: 'Open connections, and requests turned away a second at the bound of concurrency.',
    unit: 'short',
    lines: {
      connections: `sum(${METRICS.connections}{${targets(service)}})`,
      'refused a second': `sum(rate(${METRICS.shed}{${targets(service)}}[5m]))`,
    },
  });
  return [
    ...when(service.shows(EVENT_LOOP.metric), eventLoop),
    ...when(service.shows(METRICS.connections), connections),
  ];
}

function redisClient(service: WatchedService) {
  return graph({
    title: 'Connection to Redis',
    description: 'Pods that are connected, and errors and reconnections a second.',
    unit: 'short',
    lines: {
      'connected pods': `sum(${METRICS.redisUp}{${targets(service)}})`,
      'errors a second': `sum(rate(${METRICS.redisErrors}{${targets(service)}}[5m]))`,
      'reconnections a second': `sum(rate(${METRICS.redisReconnects}{${targets(service)}}[5m]))`,
    },
  });
}

function searchIndex(service: WatchedService, opens: DataLink) {
  return [
    graph({
      title: 'Index lag',
      description: 'Seconds between a change and its arrival in the index of a pod; a second is promised.',
      unit: 's',
      limits: { amber: 1, red: LAG_SECONDS },
      lines: byPod(service, METRICS.searchLag),
      opens,
    }),
    graph({
      title: 'Indexed quotes',
      description: 'Quotes in the index of each pod: all the same, or one is behind.',
      unit: 'short',
      lines: byPod(service, METRICS.searchDocuments),
      opens,
    }),
  ];
}
