import { PROMISES } from '../../annotations.ts';
import type { Rule } from '../../rule.ts';

export const readinessPresent: Rule = {
  id: 'readiness-present',
  title: 'Where availability is promised, pods behind a Service say when they are ready',
  rationale:
    'Without a readiness probe a pod gets requests from the moment its process exists: every rollout drops some.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#readiness-probe',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      if (!platform.environmentOf(service.namespace)?.promises(PROMISES.availability)) continue;
      for (const workload of platform.selectedBy(service)) {
        if (workload.running.some(({ probes }) => probes.some(([name]) => name === 'readinessProbe'))) continue;
        const at = workload.pod.at('containers', 0);
        yield {
          at,
          message: `has no readiness probe, though ${service} sends it requests`,
          fix: 'Add a readinessProbe.',
        };
      }
    }
  },
};
