import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS } from '../../../app/contract.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import type { Objectives } from '../../plan/service-spec.ts';
import { CELL, labelOf, PAGE_LINK, podLink, runbookLink, serviceLink } from '../links.ts';
import { SERVICE_SERIES, SLO_SERIES } from '../rules/sli.ts';
import { cpuThresholds, memoryThresholds, type UsageThresholds } from '../rules/usage-alerts.ts';
import { capacityPage, podPage } from './cluster-pages.ts';
import { dashboard, FIRING, NAMESPACE, SERVICE } from './dashboard.ts';
import { figure, graph, type Limits, NO_TRAFFIC, table } from './panels.ts';
import { servicePage } from './service-page.ts';
import { BUDGET_LIMITS, budgetLeft, limitsOf, seenByUsers, usage } from './signals.ts';

/** Every page of an environment as Grafana loads it, by the name that its file and its ConfigMap carry: `overview`, `users`, `redis`. */
export function dashboardFiles(context: MonitoringContext) {
  const pages = [
    { name: 'overview', page: overview(context) },
    ...context.services.map((service) => ({ name: service.name, page: servicePage(service, context) })),
    { name: 'pod', page: podPage(context) },
    ...context.parts.flatMap(({ name, monitoring }) =>
      monitoring === undefined ? [] : [{ name, page: monitoring.page(context) }],
    ),
    { name: 'capacity', page: capacityPage(context) },
  ];
  return pages.map(({ name, page }) => ({ name, json: `${JSON.stringify(page, null, 1)}\n` }));
}

/** The page on the wall, and the first one at night: is everything well, and if not, where to look. */
function overview(context: MonitoringContext): Dashboard {
  return dashboard(context, {
    ref: 'overview',
    title: 'Platform overview',
    description: 'What fires; response time, requests, errors, CPU, memory and error budget of every service',
    chooses: 'services',
    panels: [...figures(context), firing(context), services(context), ...traffic(context), ...use(context)],
    more: [
      graph('Running containers by name', 'none', {
        description: 'Containers that run, by name.',
        lines: { '{{container}}': `sum by (container) (kube_pod_container_status_running{${NAMESPACE}})` },
      }),
      ...context.parts.flatMap(({ monitoring }) => monitoring?.overview ?? []),
    ],
  });
}

/** A service that promises less does not hide one that promises more: where several are shown together, the strictest promise counts. */
function strictest({ services: watched }: MonitoringContext): Objectives | null {
  const promised = watched.flatMap(({ objectives }) => objectives ?? []);
  if (promised.length === 0) return null;
  return {
    availabilityPercent: Math.max(...promised.map(({ availabilityPercent }) => availabilityPercent)),
    p95Seconds: Math.min(...promised.map(({ p95Seconds }) => p95Seconds)),
    p99Seconds: Math.min(...promised.map(({ p99Seconds }) => p99Seconds)),
  };
}

function figures(context: MonitoringContext) {
  const total = (name: string) => `sum(${name}{${SERVICE}})`;
  const exprs = {
    requests: total(SERVICE_SERIES.requests),
    failed: `${total(SERVICE_SERIES.failed)} / (${total(SERVICE_SERIES.requests)} > 0)`,
    p95: `max(${SERVICE_SERIES.quantile(95)}{${SERVICE}})`,
    budget: `min(${SLO_SERIES.budgetRemaining}{${SERVICE}})`,
  };
  return [
    figure('Alerts', 'none', {
      description: 'Alerts that fire now, pages and tickets.',
      limits: { amber: 1, red: 3 },
      expr: `count(${FIRING}) or vector(0)`,
    }),
    ...seenByUsers(exprs, strictest(context)),
    figure('Running containers', 'none', {
      description: 'All containers of the environment that run now, Redis and exporters included.',
      expr: `sum(kube_pod_container_status_running{${NAMESPACE}})`,
    }),
  ];
}

function firing({ project }: MonitoringContext) {
  return table('Firing alerts', {
    description: 'What Prometheus says now; Alertmanager mails the cause and holds back what follows from it.',
    empty: 'No alert is firing',
    columns: [
      { title: 'Severity', label: 'severity', colors: { critical: 'red', warning: 'orange' } },
      { title: 'Alert', label: 'alertname', opens: runbookLink(project) },
      { title: 'Service', label: 'service' },
      { title: 'Pod', label: 'pod', quiet: '', opens: podLink(project, CELL) },
      { title: 'Page', label: 'dashboard', opens: PAGE_LINK },
      {
        title: 'Since',
        unit: 's',
        expr: `(time() - ALERTS_FOR_STATE{${NAMESPACE}}) and ignoring (alertstate) ${FIRING}`,
      },
    ],
  });
}

function services(context: MonitoringContext) {
  const { time, failed } = limitsOf(strictest(context));
  const of = (name: string) => `sum by (service) (${name}{${SERVICE}})`;
  return table('Services', {
    description: 'One line a service, over five minutes; a click opens its page. Limits are the strictest promise.',
    empty: 'No service shows figures',
    columns: [
      { title: 'Service', label: 'service', opens: serviceLink(context.project, CELL) },
      { title: 'Pods', unit: 'none', expr: `count by (service) (${METRICS.info}{${SERVICE}})` },
      { title: 'Requests', unit: 'reqps', expr: of(SERVICE_SERIES.requests) },
      {
        title: 'Failed',
        unit: 'percentunit',
        decimals: 2,
        limits: failed,
        quiet: NO_TRAFFIC,
        expr: of(SERVICE_SERIES.errorRatio),
      },
      { title: 'P95', unit: 's', limits: time, quiet: NO_TRAFFIC, expr: of(SERVICE_SERIES.quantile(95)) },
      {
        title: 'Budget left',
        unit: 'percentunit',
        decimals: 1,
        limits: BUDGET_LIMITS,
        quiet: NO_TRAFFIC,
        expr: `min by (service) (${SLO_SERIES.budgetRemaining}{${SERVICE}})`,
      },
    ],
  });
}

function traffic(context: MonitoringContext) {
  const { time, failed } = limitsOf(strictest(context));
  const byService = (name: string) => ({ '{{service}}': `${name}{${SERVICE}}` });
  const opens = serviceLink(context.project);
  return [
    graph('API response time (P95)', 's', {
      description: '95 % of requests are faster than this. The lines are the promises for P95 and P99, the strictest.',
      limits: time,
      quiet: NO_TRAFFIC,
      lines: byService(SERVICE_SERIES.quantile(95)),
      opens,
    }),
    graph('Requests per service', 'reqps', {
      description: 'Requests a second, over five minutes.',
      lines: byService(SERVICE_SERIES.requests),
      opens,
    }),
    graph('Failed requests per service', 'percentunit', {
      description: 'Share of requests that ended in a 5xx. At the red line somebody is paged.',
      limits: failed,
      quiet: NO_TRAFFIC,
      lines: byService(SERVICE_SERIES.errorRatio),
      opens,
    }),
  ];
}

function use(context: MonitoringContext) {
  const highest = (metric: string) => ({ '{{job}}': `max by (job) (${metric}{${NAMESPACE},job=~"$service"})` });
  const lowest = (of: readonly UsageThresholds[]): Limits => ({
    amber: Math.min(...of.map(({ warning }) => warning)),
    red: Math.min(...of.map(({ critical }) => critical)),
  });
  const opens = serviceLink(context.project, labelOf('job'));
  return [
    usage('CPU, busiest pod', 'CPU', {
      limits: lowest(context.services.map(cpuThresholds)),
      lines: highest(METRICS.cpu),
      opens,
    }),
    usage('Memory, fullest pod', 'memory', {
      limits: lowest(context.services.map(memoryThresholds)),
      lines: highest(METRICS.memory),
      opens,
    }),
    budgetLeft('Error budget by service', {
      lines: { '{{service}}': `min by (service) (${SLO_SERIES.budgetRemaining}{${SERVICE}})` },
      opens: serviceLink(context.project),
    }),
  ];
}
