import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { toAddresses } from '../../constructs/traffic-policy.ts';
import { IMAGES } from '../../images.ts';
import { METRICS_PORT_NAME } from '../prometheus/scrape-jobs.ts';
import { KUBE_STATE_METRICS, metricName } from '../sources/metric-lines.ts';
import type { Component } from './component.ts';
import { MONITOR_PORTS, MONITORS, monitorPods } from './names.ts';
import type { Stack } from './stack.ts';

/** What it lists, by API group: no more than the metrics that somebody asks for. */
export const KUBE_STATE_RESOURCES = {
  '': ['pods', 'resourcequotas'],
  apps: ['deployments', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs'],
} as const;

/** Turns objects of the API into metrics: only of this environment's namespaces, only the ones that are used. */
export function kubeStateMetrics({ watch, monitoring, namespace }: Stack): Component {
  const { kubeState: port, kubeStateSelf: selfPort } = MONITOR_PORTS;
  return {
    name: MONITORS.kubeState,
    image: IMAGES.kubeStateMetrics,
    ports: { [METRICS_PORT_NAME]: port, telemetry: selfPort },
    args: [
      `--port=${port}`,
      `--telemetry-port=${selfPort}`,
      `--namespaces=${watch.namespace},${namespace}`,
      `--resources=${Object.values(KUBE_STATE_RESOURCES).flat().join(',')}`,
      `--metric-allowlist=${KUBE_STATE_METRICS.map(metricName).join(',')}`,
    ],
    env: [],
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
    ingress: [{ peers: [monitorPods(MONITORS.prometheus, namespace)], ports: [port] }],
    egress: toAddresses(monitoring.apiServer),
    annotations: {
      [WORKLOAD.endpoints]: `${port}: /metrics /healthz\n${selfPort}: /readyz`,
      [WORKLOAD.connectsTo]: monitoring.apiServer
        .flatMap(({ cidr, ports }) => ports.map((api) => `${cidr}:${api}`))
        .join(', '),
      [WORKLOAD.metrics]: KUBE_STATE_METRICS.join('\n'),
    },
    acceptedOutage: '5m: it keeps nothing; alerts about objects wait until it is back',
  };
}
