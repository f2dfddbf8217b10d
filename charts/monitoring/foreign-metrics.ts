import { FOREIGN_METRICS_PREFIX } from '../../guardrails/annotations.ts';
import type { Plan } from '../plan/part.ts';
import { KUBE_STATE_METRICS } from './standalone/kube-state-metrics.ts';

/** What rules and dashboards use of it, as the guardrails read it: `name{labels} type`. */
const CERT_MANAGER_METRICS: readonly string[] = [
  'certmanager_certificate_expiration_timestamp_seconds{namespace,name} gauge',
];

/** Annotations of the environment's namespace that declare metrics of programs which are not in our manifests, for the guardrails. */
export function foreignMetrics({ monitoring }: Plan): Record<string, string> {
  if (monitoring === null) return {};
  return {
    ...(monitoring.certificates ? declared('cert-manager', CERT_MANAGER_METRICS) : {}),
    // The operator's own; in a namespace of ours the workload declares them.
    ...(monitoring.monitoringNamespace === null ? declared('kube-state-metrics', KUBE_STATE_METRICS) : {}),
  };
}

function declared(source: string, lines: readonly string[]): Record<string, string> {
  return { [`${FOREIGN_METRICS_PREFIX}${source}`]: lines.join('\n') };
}
