import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { IMAGES } from '../../images.ts';
import { type Environment, monitoringNamespaceOf } from '../../plan/environment.ts';
import { metricName } from '../../plan/monitoring-context.ts';
import { KUBE_STATE_METRICS } from '../sources/metric-lines.ts';
import type { Component } from './component.ts';
import { METRICS_PORT_NAME, MONITOR_PORTS, MONITORS } from './names.ts';

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
