import { FOREIGN_METRICS_PREFIX } from '../../guardrails/annotations.ts';
import type { Environment } from '../environments/environment.ts';
import type { ServiceSpec } from '../services/service.ts';
import { CERT_MANAGER_METRICS, KUBE_STATE_METRICS } from './sources/metric-lines.ts';
import { watchOf } from './watch.ts';

/** Annotations of the environment's namespace that declare metrics of programs which are not in our manifests, for the guardrails. */
export function foreignMetrics(environment: Environment, catalog: readonly ServiceSpec[]): Record<string, string> {
  const watch = watchOf(environment, catalog);
  if (watch === null) return {};
  return {
    ...(watch.certificates ? declared('cert-manager', CERT_MANAGER_METRICS) : {}),
    // The operator's own; in a namespace of ours the workload declares them.
    ...(watch.monitoringNamespace === null ? declared('kube-state-metrics', KUBE_STATE_METRICS) : {}),
  };
}

function declared(source: string, lines: readonly string[]): Record<string, string> {
  return { [`${FOREIGN_METRICS_PREFIX}${source}`]: lines.join('\n') };
}
