import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { IMAGES } from '../../images.ts';
import { type Environment, monitoringNamespaceOf } from '../../plan/environment.ts';
import { metricName } from '../../plan/plan.ts';
import type { Component } from './component.ts';
import { METRICS_PORT_NAME, MONITOR_PORTS, MONITORS } from './stack.ts';

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
export const KUBE_STATE_RESOURCES = {
  '': ['pods', 'resourcequotas'],
  apps: ['deployments', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs'],
} as const;

/** Turns objects of the API into metrics: only of this environment's namespaces, only the ones that are used. */
export function kubeStateMetrics(environment: Environment): Component {
  const { kubeState: port, kubeStateSelf: selfPort } = MONITOR_PORTS;
  return {
    name: MONITORS.kubeState,
    image: IMAGES.kubeStateMetrics,
    ports: { [METRICS_PORT_NAME]: port, telemetry: selfPort },
    args: [
      `--port=${port}`,
      `--telemetry-port=${selfPort}`,
      `--namespaces=${environment.namespace},${monitoringNamespaceOf(environment)}`,
      `--resources=${Object.values(KUBE_STATE_RESOURCES).flat().join(',')}`,
      `--metric-allowlist=${KUBE_STATE_METRICS.map(metricName).join(',')}`,
    ],
    env: () => [],
    files: () => [],
    secret: null,
    scratch: {},
    volume: null,
    requests: { cpuMillis: 20, memoryMiB: 64, ephemeralMiB: 64 },
    limits: { cpuMillis: 200, memoryMiB: 192, ephemeralMiB: 128 },
    // Not /livez: it asks the API server, whose outage is no reason to restart.
    live: { path: '/healthz', port },
    ready: { path: '/readyz', port: selfPort },
    readsApi: true,
    annotations: {
      [WORKLOAD.endpoints]: `${port}: /metrics /healthz\n${selfPort}: /readyz`,
      [WORKLOAD.metrics]: KUBE_STATE_METRICS.join('\n'),
    },
    acceptedOutage: '5m: it keeps nothing; alerts about objects wait until it is back',
  };
}
