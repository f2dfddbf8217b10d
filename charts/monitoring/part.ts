import { Construct } from 'constructs';
import { DURATION_BUCKETS } from '../../app/contract.ts';
import { FOREIGN_METRICS_PREFIX } from '../../guardrails/annotations.ts';
import { problemsWhere, when } from '../constructs/lists.ts';
import { PlatformNamespace } from '../constructs/platform-namespace.ts';
import type { Connection, Endpoint } from '../plan/connection.ts';
import { monitoringNamespaceOf, type StandaloneMonitoring } from '../plan/environment.ts';
import { namespaceProps } from '../plan/namespace.ts';
import {
  EMPTY_PART,
  type Joined,
  type Part,
  type PartContext,
  type Plan,
  type Project,
  type WatchedService,
} from '../plan/part.ts';
import { monitoringContextOf } from '../plan/plan.ts';
import { dashboardUid } from './links.ts';
import { addOperatorMonitoring } from './operator/operator-monitoring.ts';
import { BUDGET_DAYS, promises } from './rules/sli.ts';
import { usageProblems } from './rules/usage-alerts.ts';
import { componentPart, MONITORS, smtpSecret } from './standalone/component.ts';
import { allowReading, componentsOf, KUBE_STATE_METRICS, stackConnections } from './standalone/components.ts';
import { traceCollector } from './standalone/jaeger.ts';

/** How an environment is watched: by programs of its own, by an installed operator, or not at all. */
export function monitoringPart(context: PartContext): Part[] {
  const { environment } = context;
  const { monitoring } = environment;
  if (monitoring.kind === 'off') return [];
  const shared = { ...EMPTY_PART, name: 'monitoring', problems: monitoringProblems(context) };
  if (monitoring.kind === 'operator') {
    return [
      {
        ...shared,
        secrets: [smtpSecret(monitoring.mail)],
        connections: ({ metrics }) => scrapes({ kind: 'peer', ...monitoring.prometheus }, metrics),
        renderAddons: (scope, plan) => addOperatorMonitoring(scope, plan, monitoring),
      },
    ];
  }
  const namespace = monitoringNamespaceOf(environment);
  const programs = componentsOf(monitoring, environment).map((component) => componentPart(component, context));
  return [
    {
      ...shared,
      demands: programs.flatMap(({ demands }) => demands),
      secrets: programs.flatMap(({ secrets }) => secrets),
      offers: monitoring.jaeger ? [traceCollector(namespace)] : [],
      metrics: programs.flatMap(({ metrics }) => metrics),
      connections: ({ metrics }) => [
        ...scrapes({ kind: 'workload', name: MONITORS.prometheus, namespace }, metrics),
        ...stackConnections(monitoring, environment),
      ],
      render: (scope, plan) => {
        const parent = new Construct(scope, 'monitoring');
        new PlatformNamespace(parent, 'namespace', namespaceProps(plan, namespace, foreignMetrics(plan)));
        for (const program of programs) program.render(parent, plan);
        allowReading(parent, plan, namespace);
      },
    },
  ];
}

/** Prometheus reads every pod that shows figures; its scrape configuration shows it to the guardrails. */
function scrapes(from: Endpoint, metrics: Joined['metrics']): Connection[] {
  return metrics.map(({ workload, port }) => ({ from, to: workload, ports: [port] }));
}

export function monitoringProblems(context: PartContext): string[] {
  const { environment, project } = context;
  if (environment.monitoring.kind === 'off') return [];
  const watched = monitoringContextOf(context, []);
  return [
    ...(environment.monitoring.kind === 'standalone' ? standaloneProblems(environment.monitoring) : []),
    ...(watched?.services ?? []).flatMap((service) => [
      ...usageProblems(service),
      ...objectiveProblems(service),
      ...pageProblems(service, project),
    ]),
  ];
}

/** Grafana takes no longer id of a page. */
const LONGEST_UID = 40;

function pageProblems({ name }: WatchedService, project: Project): readonly string[] {
  const uid = dashboardUid({ service: name }, project);
  return when(
    uid.length > LONGEST_UID,
    `${name}: its dashboard would be '${uid}', and Grafana takes ${LONGEST_UID} characters at most; shorten the name`,
  );
}

/** A promise is counted in the buckets of the histogram: between two of them nothing is known. */
function objectiveProblems(service: WatchedService): string[] {
  if (!promises(service)) return [];
  const { p95Seconds, p99Seconds } = service.objectives;
  return Object.entries({ p95Seconds, p99Seconds })
    .filter(([, seconds]) => !DURATION_BUCKETS.some((bound) => bound === seconds))
    .map(
      ([key, seconds]) =>
        `${service.name}: objectives.${key} ${seconds} is not a bucket of the duration histogram; choose one of ${DURATION_BUCKETS.join(', ')}`,
    );
}

function standaloneProblems({ retentionDays, mail }: StandaloneMonitoring): string[] {
  return problemsWhere({
    [`monitoring.retentionDays ${retentionDays} is too short: an error budget counts ${BUDGET_DAYS} days; give at least ${BUDGET_DAYS + 1}`]:
      retentionDays <= BUDGET_DAYS,
    [`monitoring.mail.port ${mail.port} is in none of monitoring.mail.addresses: no mail would get out; add its CIDR with that port`]:
      !mail.addresses.some(({ ports }) => ports.includes(mail.port)),
  });
}

/** Annotations of the environment's namespace that declare metrics of programs which are not in our manifests, for the guardrails. */
export function foreignMetrics({ monitoring }: Plan): Record<string, string> {
  if (monitoring === null) return {};
  return {
    ...(monitoring.certificates
      ? {
          [`${FOREIGN_METRICS_PREFIX}cert-manager`]:
            'certmanager_certificate_expiration_timestamp_seconds{namespace,name} gauge',
        }
      : {}),
    // The operator's own; in a namespace of ours the workload declares them.
    ...(monitoring.monitoringNamespace === null
      ? { [`${FOREIGN_METRICS_PREFIX}kube-state-metrics`]: KUBE_STATE_METRICS.join('\n') }
      : {}),
  };
}
