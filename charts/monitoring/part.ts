import { Construct } from 'constructs';
import { DURATION_BUCKETS } from '../../app/contract.ts';
import { FOREIGN_METRICS_PREFIX } from '../../guardrails/annotations.ts';
import { problemsWhere, when } from '../constructs/lists.ts';
import { PlatformNamespace } from '../constructs/platform-namespace.ts';
import { Workload } from '../constructs/workload.ts';
import type { Connection, Endpoint } from '../plan/connection.ts';
import { type Environment, monitoringNamespaceOf, type StandaloneMonitoring } from '../plan/environment.ts';
import { namespaceProps } from '../plan/namespace.ts';
import {
  EMPTY_PART,
  type Joined,
  type Part,
  type PartContext,
  type Plan,
  type Project,
  type SecretSpec,
  type WatchedService,
} from '../plan/part.ts';
import { monitoringContextOf } from '../plan/plan.ts';
import { dashboardUid } from './links.ts';
import { OperatorMonitoring } from './operator/operator-monitoring.ts';
import { BUDGET_DAYS, promises } from './rules/sli.ts';
import { usageProblems } from './rules/usage-alerts.ts';
import { type Component, METRICS_PORT_NAME, MONITORING_SECRETS, MONITORS, workloadOf } from './standalone/component.ts';
import { allowReading, componentsOf, KUBE_STATE_METRICS, stackConnections } from './standalone/components.ts';
import { traceCollector } from './standalone/jaeger.ts';

/** How an environment is watched: by programs of its own, by an installed operator, or not at all. */
export function monitoringPart(context: PartContext): Part[] {
  const { environment } = context;
  const { monitoring } = environment;
  if (monitoring.kind === 'off') return [];
  const shared = {
    ...EMPTY_PART,
    name: 'monitoring',
    problems: monitoringProblems(context),
    secrets: secretsOf(environment),
  };
  if (monitoring.kind === 'operator') {
    return [
      {
        ...shared,
        connections: ({ metrics }) => scrapes({ kind: 'peer', ...monitoring.prometheus }, metrics),
        renderAddons: (scope, plan) => void new OperatorMonitoring(scope, 'monitoring', { plan, monitoring }),
      },
    ];
  }
  const namespace = monitoringNamespaceOf(environment);
  const components = componentsOf(monitoring, environment);
  return [
    {
      ...shared,
      demands: components.map((component) => demandOf(component, namespace)),
      offers: monitoring.jaeger ? [traceCollector(namespace)] : [],
      metrics: components.map((component) => endpointOf(component, namespace)),
      connections: ({ metrics }) => [
        ...scrapes({ kind: 'workload', name: MONITORS.prometheus, namespace }, metrics),
        ...stackConnections(monitoring, environment),
      ],
      render: (scope, plan) => renderStack(scope, plan, monitoring, components),
    },
  ];
}

/** Prometheus reads every pod that shows figures; its scrape configuration shows it to the guardrails. */
function scrapes(from: Endpoint, metrics: Joined['metrics']): Connection[] {
  return metrics.map(({ workload, port }) => ({ from, to: workload, ports: [port] }));
}

function demandOf({ name, requests, limits, volume }: Component, namespace: string): Part['demands'][number] {
  return {
    name,
    namespace,
    minPods: 1,
    maxPods: 1,
    // A Deployment's old pod still stops while the new one starts; a StatefulSet's has gone by then.
    peakPods: volume === undefined ? 2 : 1,
    requests,
    limits,
    hosts: 'any',
    claimsGi: volume === undefined ? [] : [volume.sizeGi],
  };
}

function endpointOf({ name, ports }: Component, namespace: string): Part['metrics'][number] {
  const port = ports[METRICS_PORT_NAME];
  if (port === undefined)
    throw new Error(`${name} has no port '${METRICS_PORT_NAME}'; name the one that shows its figures`);
  return {
    workload: { kind: 'workload', name, namespace },
    portName: METRICS_PORT_NAME,
    port,
    path: '/metrics',
    job: name === MONITORS.kubeState ? name : 'monitoring',
  };
}

function renderStack(
  scope: Construct,
  plan: Plan,
  monitoring: StandaloneMonitoring,
  components: readonly Component[],
): void {
  const context = plan.monitoring;
  if (context === null) return;
  const namespace = monitoringNamespaceOf(plan.environment);
  const stack = { context, monitoring, namespace };
  const parent = new Construct(scope, 'monitoring');
  new PlatformNamespace(parent, 'namespace', namespaceProps(plan, namespace, foreignMetrics(plan)));
  for (const component of components) new Workload(parent, component.name, workloadOf(component, stack, plan));
  allowReading(parent, plan, namespace);
}

/** What must be filled before the monitoring starts; in its own namespace, or beside the services where an operator watches. */
function secretsOf(environment: Environment): SecretSpec[] {
  const { monitoring } = environment;
  if (monitoring.kind === 'off') return [];
  const { grafana, alertmanager } = MONITORING_SECRETS;
  const smtp = {
    name: alertmanager.name,
    keys: [{ key: alertmanager.key, description: `password of ${monitoring.mail.user} at ${monitoring.mail.host}` }],
  };
  if (monitoring.kind === 'operator') return [smtp];
  const namespace = monitoringNamespaceOf(environment);
  const admin = [{ key: grafana.key, description: "password of Grafana's admin" }];
  return [{ ...smtp, namespace }, ...when(monitoring.grafana, { name: grafana.name, namespace, keys: admin })];
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
