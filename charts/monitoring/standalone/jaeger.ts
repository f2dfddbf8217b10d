import { ENV } from '../../../app/contract.ts';
import { IMAGES } from '../../images.ts';
import type { Offer } from '../../plan/part.ts';
import { type Component, METRICS_PORT_NAME, MONITOR_PORTS, MONITORS, metricsOf, yaml } from './component.ts';

const CONFIG_PATH = '/etc/jaeger';
/** Held in memory, about 1 KiB a span and ten spans a trace; the oldest go first. */
const MOST_TRACES = 20_000;

/** Keeps the latest traces in memory: for looking at, not for keeping. */
export function jaeger(): Component {
  const { otlp, jaegerUi, jaegerMetrics, jaegerHealth } = MONITOR_PORTS;
  return {
    spec: {
      name: MONITORS.jaeger,
      description: 'The latest traces',
      image: IMAGES.jaeger,
      ports: { otlp, ui: jaegerUi, [METRICS_PORT_NAME]: jaegerMetrics, health: jaegerHealth },
      args: [`--config=${CONFIG_PATH}/config.yaml`],
      scratch: { '/tmp': 64 },
      resources: {
        requests: { cpuMillis: 100, memoryMiB: 256, ephemeralMiB: 64 },
        limits: { cpuMillis: 500, memoryMiB: 768, ephemeralMiB: 256 },
      },
      probes: { live: { http: '/', port: 'ui' }, ready: { http: '/status', port: 'health' } },
      metrics: metricsOf(),
      singleton: '5m: services drop spans while it is away, and serve on',
    },
    files: () => [{ configMap: 'jaeger-config', mountPath: CONFIG_PATH, data: { 'config.yaml': yaml(config()) } }],
  };
}

/** What services send their spans to, by the name `traces`; OTLP over HTTP, as the OpenTelemetry specification numbers it. */
export function traceCollector(namespace: string): Offer {
  const port = MONITOR_PORTS.otlp;
  const to = { kind: 'workload', name: MONITORS.jaeger, namespace } as const;
  return {
    name: 'traces',
    connect: () => ({
      env: { [ENV.otlpEndpoint]: `http://${MONITORS.jaeger}.${namespace}:${port}` },
      to: [{ to, ports: [port] }],
      secrets: [],
    }),
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
