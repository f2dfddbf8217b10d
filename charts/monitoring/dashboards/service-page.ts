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
import {
  answers,
  budgetLeft,
  EVENT_LOOP_DELAY,
  eventLoop,
  limitsOf,
  requestRate,
  seenByUsers,
  usage,
} from './signals.ts';

export function servicePage(service: WatchedService, context: MonitoringContext): Dashboard {
  const promised = promises(service) ? service.objectives : null;
  const opens = podLink(context.project);
  const byRoute = graph('Requests by route', 'reqps', {
    description: 'Requests a second by route.',
    lines: requestRate(own(service), 'method, route'),
  });
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
    more: [...when(promised !== null, byRoute), ...inside(service, opens)],
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
    figure('In flight', 'none', {
      description: 'Requests being served now, all pods.',
      expr: `sum(${METRICS.inFlight}{${targets(service)}})`,
    }),
  ];
}

function pods(service: WatchedService) {
  const { name, size, kind } = service;
  return figure('Pods', 'none', {
    description: `Available pods: at least ${size.minReplicas} (minReplicas), at most ${size.maxReplicas} (maxReplicas).`,
    limits: { red: size.minReplicas, lowIsBad: true },
    expr: `${availablePods(service)}{${NAMESPACE},${kind}="${name}"}`,
  });
}

function traffic(service: WatchedService, objectives: Objectives) {
  return [
    graph('Response time', 's', {
      description: `Percentiles over five minutes. Promised: P95 below ${objectives.p95Seconds} s, P99 below ${objectives.p99Seconds} s.`,
      limits: limitsOf(objectives).time,
      quiet: NO_TRAFFIC,
      lines: Object.fromEntries(
        QUANTILES.map((percent) => [`P${percent}`, `${SERVICE_SERIES.quantile(percent)}{${own(service)}}`]),
      ),
    }),
    ...answers(own(service)),
  ];
}

function budget(service: WatchedService) {
  const [fast] = BURN_WINDOWS;
  return [
    budgetLeft('Error budget by promise', { lines: { '{{slo}}': `${SLO_SERIES.budgetRemaining}{${own(service)}}` } }),
    graph('Burn rate', 'short', {
      description: `How many times faster than sustainable the budget is spent, over one hour. ${fast?.factor ?? 0} pages somebody.`,
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
    { title: 'CPU by pod', resource: 'CPU', metric: METRICS.cpu, at: cpuThresholds(service) },
    { title: 'Memory by pod', resource: 'memory', metric: METRICS.memory, at: memoryThresholds(service) },
  ] as const;
  return shown
    .filter(({ metric }) => service.shows(metric))
    .map(({ title, resource, metric, at }) =>
      usage(title, resource, {
        note: at.held === null ? '' : ` The autoscaler holds about ${at.held} %.`,
        limits: { amber: at.warning, red: at.critical },
        lines: byPod(service, metric),
        opens,
      }),
    );
}

/** What is inside, by the metric that it takes. */
function inside(service: WatchedService, opens: DataLink) {
  const sum = (metric: string) => `sum(${metric}{${targets(service)}})`;
  const perSecond = (metric: string) => `sum(rate(${metric}{${targets(service)}}[5m]))`;
  const panels = {
    [EVENT_LOOP_DELAY]: [eventLoop({ lines: byPod(service, EVENT_LOOP_DELAY), opens })],
    [METRICS.connections]: [
      graph('Connections and refusals', 'short', {
        description: 'Open connections, and requests turned away a second at the bound of concurrency.',
        lines: { connections: sum(METRICS.connections), 'refused a second': perSecond(METRICS.shed) },
      }),
    ],
    [METRICS.redisUp]: [
      graph('Connection to Redis', 'short', {
        description: 'Pods that are connected, and errors and reconnections a second.',
        lines: {
          'connected pods': sum(METRICS.redisUp),
          'errors a second': perSecond(METRICS.redisErrors),
          'reconnections a second': perSecond(METRICS.redisReconnects),
        },
      }),
    ],
    [METRICS.searchLag]: [
      graph('Index lag', 's', {
        description: 'Seconds between a change and its arrival in the index of a pod; a second is promised.',
        limits: { amber: 1, red: LAG_SECONDS },
        lines: byPod(service, METRICS.searchLag),
        opens,
      }),
      graph('Indexed quotes', 'short', {
        description: 'Quotes in the index of each pod: all the same, or one is behind.',
        lines: byPod(service, METRICS.searchDocuments),
        opens,
      }),
    ],
  };
  return Object.entries(panels).flatMap(([metric, shown]) => (service.shows(metric) ? shown : []));
}
