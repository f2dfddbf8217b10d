import { PROMISES } from '../../annotations.ts';
import type { Problem } from '../../finding.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const probesPresent: Rule = {
  id: 'probes-present',
  title: 'Where availability is promised, what listens is probed',
  rationale: 'Without readiness a pod gets requests before it can answer them; without liveness a hung one stays.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      if (workload.replicas !== undefined) yield* unprobed(workload);
    }
  },
};

function* unprobed(workload: Workload): Iterable<Problem> {
  for (const container of workload.containers.filter(({ role, ports }) => role === 'main' && ports.length > 0)) {
    const present = container.probes.map(([name]) => name);
    const missing = (['livenessProbe', 'readinessProbe'] as const).filter((name) => !present.includes(name));
    // A sidecar such as an exporter decides about no request: one probe is enough for it.
    const isFirst = container === workload.containers.find(({ role }) => role === 'main');
    if (missing.length === 0 || (!isFirst && missing.length < 2)) continue;
    yield {
      at: container.field,
      message: `container ${container.name} listens, but has no ${missing.join(' and no ')}`,
      fix: `Add ${missing.join(' and ')}.`,
    };
  }
}
