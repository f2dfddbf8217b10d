import { PROMISES } from '../../annotations.ts';
import type { Rule } from '../../rule.ts';

export const livenessPresent: Rule = {
  id: 'liveness-present',
  title: 'Where availability is promised, what listens is asked whether it lives',
  rationale: 'A process that hangs keeps its port open: without a liveness probe it stays until somebody looks.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#liveness-probe',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      if (workload.replicas === undefined) continue;
      for (const { field, name, role, ports } of workload.containers) {
        if (role !== 'main' || ports.length === 0 || field.at('livenessProbe').exists) continue;
        yield {
          at: field,
          message: `container ${name} listens, but has no livenessProbe`,
          fix: 'Add a livenessProbe.',
        };
      }
    }
  },
};
