import { dump } from 'js-yaml';
import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { selectorLabels } from '../../constructs/labels.ts';
import { IMAGES } from '../../images.ts';
import { METRICS_PORT_NAME } from '../prometheus/scrape-jobs.ts';
import type { Component } from './component.ts';
import { MONITOR_PORTS, MONITORS, monitorPods } from './names.ts';
import type { Stack } from './stack.ts';

const CONFIG_PATH = '/etc/jaeger';
/** Held in memory, about 1 KiB a span and ten spans a trace; the oldest go first. */
const MOST_TRACES = 20_000;

/** Keeps the latest traces in memory: for looking at, not for keeping. */
export function jaeger({ watch, namespace, monitoring }: Stack): Component {
  const { otlp, jaegerUi, jaegerMetrics, jaegerHealth } = MONITOR_PORTS;
  const services = watch.services.map(({ name }) => ({
    kind: 'peer' as const,
    namespace: watch.namespace,
    podLabels: selectorLabels(name, watch.namespace),
  }));
  return {
    name: MONITORS.jaeger,
    image: IMAGES.jaeger,
    ports: { otlp, ui: jaegerUi, [METRICS_PORT_NAME]: jaegerMetrics, health: jaegerHealth },
    args: [`--config=${CONFIG_PATH}/config.yaml`],
    env: [],
    files: () => [
      {
        configMap: 'jaeger-config',
        mountPath: CONFIG_PATH,
        data: { 'config.yaml': dump(config(), { noRefs: true, lineWidth: -1 }) },
      },
    ],
    secret: null,
    scratch: { '/tmp': '64Mi' },
    volume: null,
    requests: { cpuMillis: 100, memoryMiB: 256, ephemeralMiB: 64 },
    limits: { cpuMillis: 500, memoryMiB: 768, ephemeralMiB: 256 },
    live: { path: '/', port: jaegerUi },
    ready: { path: '/status', port: jaegerHealth },
    readsApi: false,
    ingress: [
      { peers: services, ports: [otlp] },
      { peers: [monitorPods(MONITORS.prometheus, namespace)], ports: [jaegerMetrics] },
      ...(monitoring.grafana ? [{ peers: [monitorPods(MONITORS.grafana, namespace)], ports: [jaegerUi] }] : []),
    ],
    egress: [],
    annotations: { [WORKLOAD.endpoints]: `${jaegerHealth}: /status\n${jaegerUi}: /\n${jaegerMetrics}: /metrics` },
    acceptedOutage: '5m: services drop spans while it is away, and serve on',
  };
}

/** Jaeger 2 is an OpenTelemetry collector with a storage of its own: https://www.jaegertracing.io/docs/2.11/configuration/ */
function config(): Record<string, unknown> {
  const { otlp, jaegerUi, jaegerMetrics, jaegerHealth } = MONITOR_PORTS;
  const at = (port: number) => `0.0.0.0:${port}`;
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: {
        traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['jaeger_storage_exporter'] },
      },
      telemetry: {
        metrics: {
          level: 'basic',
          readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: jaegerMetrics } } } }],
        },
        logs: { level: 'warn', encoding: 'json' },
      },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: at(jaegerHealth) } },
      jaeger_query: { storage: { traces: 'memory' }, http: { endpoint: at(jaegerUi) } },
      jaeger_storage: { backends: { memory: { memory: { max_traces: MOST_TRACES } } } },
    },
    receivers: { otlp: { protocols: { http: { endpoint: at(otlp) } } } },
    processors: { batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}
