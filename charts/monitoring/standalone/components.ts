import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { when } from '../../constructs/lists.ts';
import { IMAGES } from '../../images.ts';
import { type Connection, type Endpoint, toAddresses } from '../../plan/connection.ts';
import { type Environment, monitoringNamespaceOf, type StandaloneMonitoring } from '../../plan/environment.ts';
import type { Plan } from '../../plan/part.ts';
import { metricName } from '../../plan/plan.ts';
import { ALERTMANAGER_PATHS, alertmanagerConfig, templateFile } from '../alertmanager/config.ts';
import {
  type Component,
  METRICS_PORT_NAME,
  MONITOR_PORTS,
  MONITORS,
  metricsOf,
  smtpSecret,
  yaml,
} from './component.ts';
import { grafana } from './grafana.ts';
import { jaeger } from './jaeger.ts';
import { prometheus } from './prometheus.ts';

/** The programs, in the order in which they appear in dist/. */
export function componentsOf(monitoring: StandaloneMonitoring, environment: Environment): Component[] {
  return [
    prometheus(monitoring),
    alertmanager(monitoring),
    kubeStateMetrics(environment),
    ...when(monitoring.grafana, grafana(monitoring)),
    ...when(monitoring.jaeger, jaeger()),
  ];
}

/** What the programs of the monitoring say to each other and to the world, beside what is scraped. */
export function stackConnections(monitoring: StandaloneMonitoring, environment: Environment): Connection[] {
  const namespace = monitoringNamespaceOf(environment);
  const program = (name: string): Endpoint => ({ kind: 'workload', name, namespace });
  const between = (from: string, to: string, port: number): Connection => ({
    from: program(from),
    to: program(to),
    ports: [port],
    calls: `${to}:${port}`,
  });
  const api = (name: string) => toAddresses(program(name), monitoring.apiServer, { byName: false });
  const { certManager } = monitoring;
  return [
    between(MONITORS.prometheus, MONITORS.alertmanager, MONITOR_PORTS.alertmanager),
    ...api(MONITORS.prometheus),
    ...api(MONITORS.kubeState),
    ...(environment.edge.tls.kind !== 'none' && certManager !== null
      ? [{ from: program(MONITORS.prometheus), to: peerOf(certManager), ports: [certManager.port] }]
      : []),
    ...toAddresses(program(MONITORS.alertmanager), monitoring.mail.addresses, { byName: true }),
    ...when(monitoring.grafana, between(MONITORS.grafana, MONITORS.prometheus, MONITOR_PORTS.prometheus)),
    ...when(
      monitoring.grafana && monitoring.jaeger,
      between(MONITORS.grafana, MONITORS.jaeger, MONITOR_PORTS.jaegerUi),
    ),
  ];
}

function peerOf({ namespace, podLabels }: NonNullable<StandaloneMonitoring['certManager']>): Endpoint {
  return { kind: 'peer', namespace, podLabels };
}

/** Prometheus finds pods, kube-state-metrics lists what it counts: in these two namespaces and nowhere else. */
export function allowReading(scope: Construct, plan: Plan, home: string): void {
  const counted = Object.entries(KUBE_STATE_RESOURCES).map(([group, resources]) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: ['list', 'watch'],
  }));
  for (const namespace of [plan.environment.namespace, home]) {
    const role = (name: string, rules: k8s.PolicyRule[]) => {
      const metadata = { name, namespace, labels: plan.labels({ name, namespace: home, component: 'monitoring' }) };
      new k8s.KubeRole(scope, `${namespace}-${name}-role`, { metadata, rules });
      new k8s.KubeRoleBinding(scope, `${namespace}-${name}-binding`, {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace: home }],
      });
    };
    role(MONITORS.prometheus, [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
    role(MONITORS.kubeState, counted);
  }
}

/** Groups, silences and mails. Its volume keeps silences and what was already sent. */
export function alertmanager({ alertmanagerUrl, mail }: StandaloneMonitoring): Component {
  const port = MONITOR_PORTS.alertmanager;
  return {
    spec: {
      name: MONITORS.alertmanager,
      description: 'Groups, silences and mails',
      image: IMAGES.alertmanager,
      ports: { [METRICS_PORT_NAME]: port },
      args: [
        `--config.file=${ALERTMANAGER_PATHS.config}/alertmanager.yaml`,
        `--storage.path=${ALERTMANAGER_PATHS.data}`,
        // One replica: no gossip.
        '--cluster.listen-address=',
        `--web.listen-address=:${port}`,
        `--web.external-url=${alertmanagerUrl}`,
      ],
      secrets: [smtpSecret(mail)],
      secretsDir: ALERTMANAGER_PATHS.secrets,
      scratch: { '/tmp': 16 },
      volume: { path: ALERTMANAGER_PATHS.data, sizeGi: 1 },
      resources: {
        requests: { cpuMillis: 20, memoryMiB: 64, ephemeralMiB: 64 },
        limits: { cpuMillis: 200, memoryMiB: 128, ephemeralMiB: 128 },
      },
      probes: { live: { http: '/-/healthy' }, ready: { http: '/-/ready' } },
      metrics: metricsOf('alertmanager_notifications_failed_total{integration} counter'),
      singleton: '5m: one Alertmanager; Prometheus tells it again of everything that still fires',
    },
    files: () => [
      {
        configMap: 'alertmanager-config',
        mountPath: ALERTMANAGER_PATHS.config,
        data: { 'alertmanager.yaml': yaml(alertmanagerConfig(mail)), 'mail.tmpl': templateFile() },
      },
    ],
  };
}

/** What rules and dashboards use of it, as the guardrails read it: `name{labels} type`. */
export const KUBE_STATE_METRICS: readonly string[] = [
  'kube_deployment_spec_replicas{namespace,deployment} gauge',
  'kube_deployment_status_replicas_available{namespace,deployment} gauge',
  'kube_deployment_status_condition{namespace,deployment,condition,status} gauge',
  'kube_statefulset_status_replicas_ready{namespace,statefulset} gauge',
  'kube_pod_container_status_running{namespace,pod,container} gauge',
  'kube_pod_container_status_restarts_total{namespace,pod,container} counter',
  'kube_pod_container_status_last_terminated_exitcode{namespace,pod,container} gauge',
  'kube_horizontalpodautoscaler_spec_min_replicas{namespace,horizontalpodautoscaler} gauge',
  'kube_horizontalpodautoscaler_spec_max_replicas{namespace,horizontalpodautoscaler} gauge',
  'kube_horizontalpodautoscaler_status_current_replicas{namespace,horizontalpodautoscaler} gauge',
  'kube_horizontalpodautoscaler_status_desired_replicas{namespace,horizontalpodautoscaler} gauge',
  'kube_horizontalpodautoscaler_status_condition{namespace,horizontalpodautoscaler,condition,status} gauge',
  'kube_resourcequota{namespace,resourcequota,resource,type} gauge',
  'kube_cronjob_status_last_successful_time{namespace,cronjob} gauge',
  'kube_cronjob_created{namespace,cronjob} gauge',
];

/** What it lists, by API group: no more than the metrics that somebody asks for. */
const KUBE_STATE_RESOURCES = {
  '': ['pods', 'resourcequotas'],
  apps: ['deployments', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs'],
} as const;

/** Turns objects of the API into metrics: only of this environment's namespaces, only the ones that are used. */
export function kubeStateMetrics(environment: Environment): Component {
  const { kubeState: port, kubeStateSelf: selfPort } = MONITOR_PORTS;
  return {
    spec: {
      name: MONITORS.kubeState,
      description: 'Objects of the API as metrics',
      image: IMAGES.kubeStateMetrics,
      ports: { [METRICS_PORT_NAME]: port, telemetry: selfPort },
      args: [
        `--port=${port}`,
        `--telemetry-port=${selfPort}`,
        `--namespaces=${environment.namespace},${monitoringNamespaceOf(environment)}`,
        `--resources=${Object.values(KUBE_STATE_RESOURCES).flat().join(',')}`,
        `--metric-allowlist=${KUBE_STATE_METRICS.map(metricName).join(',')}`,
      ],
      resources: {
        requests: { cpuMillis: 20, memoryMiB: 64, ephemeralMiB: 64 },
        limits: { cpuMillis: 200, memoryMiB: 192, ephemeralMiB: 128 },
      },
      // Not /livez: it asks the API server, whose outage is no reason to restart.
      probes: { live: { http: '/healthz' }, ready: { http: '/readyz', port: 'telemetry' } },
      metrics: metricsOf(...KUBE_STATE_METRICS),
      singleton: '5m: it keeps nothing; alerts about objects wait until it is back',
    },
    readsApi: true,
  };
}
