import { ENV } from '../../app/contract.ts';
import { selectorLabels } from '../constructs/labels.ts';
import type { TrafficRule } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';

/** OTLP over HTTP, as the OpenTelemetry specification numbers it. */
const OTLP_HTTP_PORT = 4318;

/** Where services send their spans: the environment of the process and the traffic that it needs; nothing where no collector runs. */
export function traceExport({ namespace, monitoring }: Environment): {
  env: Record<string, string>;
  traffic: TrafficRule[];
} {
  if (monitoring.kind !== 'standalone' || !monitoring.jaeger) return { env: {}, traffic: [] };
  const collector = {
    namespace: `${namespace}-monitoring`,
    podLabels: selectorLabels('jaeger', `${namespace}-monitoring`),
  };
  return {
    env: { [ENV.otlpEndpoint]: `http://jaeger.${collector.namespace}:${OTLP_HTTP_PORT}` },
    traffic: [{ peers: [{ kind: 'peer', ...collector }], ports: [OTLP_HTTP_PORT] }],
  };
}
