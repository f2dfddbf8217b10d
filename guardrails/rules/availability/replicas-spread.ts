import { PROMISES } from '../../annotations.ts';
import { antiAffinityTerms } from '../../placement.ts';
import { podCount } from '../../pod-count.ts';
import type { Rule } from '../../rule.ts';
import { matchesSelector } from '../../selector.ts';
import type { Workload } from '../../workload.ts';

export const replicasSpread: Rule = {
  id: 'replicas-spread',
  title: 'Where availability is promised, the pods of a workload spread over nodes',
  rationale: 'Several pods on one node are one pod when the node fails.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      const { floor } = podCount(platform, workload);
      if (workload.replicas === undefined || floor < 2 || isSpread(workload)) continue;
      yield {
        at: workload.pod,
        message: `has ${floor} pods or more, and nothing keeps them from landing on one node`,
        fix: 'Add a topologySpreadConstraint over kubernetes.io/hostname, or a podAntiAffinity against its own pods.',
      };
    }
  },
};

function isSpread(workload: Workload): boolean {
  const terms = [
    ...workload.pod.at('topologySpreadConstraints').items,
    ...antiAffinityTerms(workload, 'required'),
    ...antiAffinityTerms(workload, 'preferred'),
  ];
  return terms.some((term) => matchesSelector(term.at('labelSelector'), workload.labels));
}
