import { probeTarget } from '../../probes.ts';
import type { Rule } from '../../rule.ts';

export const livenessIsNotReadiness: Rule = {
  id: 'liveness-is-not-readiness',
  title: 'Liveness and readiness ask different questions',
  rationale:
    'A pod that is only not ready (it drains, or its store is away) is restarted when liveness asks the same: an outage of a store becomes a restart of everything.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.running) {
        const probes = Object.fromEntries(container.probes);
        const live = probes['livenessProbe'] && probeTarget(container, probes['livenessProbe']);
        const ready = probes['readinessProbe'] && probeTarget(container, probes['readinessProbe']);
        if (!live || !ready || live.path === undefined || ready.path === undefined) continue;
        if (live.number !== ready.number || live.path !== ready.path) continue;
        yield {
          at: container.field.at('livenessProbe', 'httpGet'),
          message: `liveness and readiness of container ${container.name} both ask ${live.path} on port ${live.number}`,
          fix: 'Let liveness ask a path that tells only whether the process itself works.',
          severity: platform.environmentOf(workload.namespace) ? 'error' : 'note',
        };
      }
    }
  },
};
