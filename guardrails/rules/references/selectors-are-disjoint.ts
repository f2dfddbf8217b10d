import type { Rule } from '../../rule.ts';
import { matchesSelector } from '../../selector.ts';

const OWNERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

export const selectorsAreDisjoint: Rule = {
  id: 'selectors-are-disjoint',
  title: "No workload selects another's pods",
  rationale:
    'Each controller counts the other\'s pods as its own and deletes "surplus" ones; autoscalers and budgets count them too.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!OWNERS.includes(workload.kind)) continue;
      const like = platform.workloadsLike(workload.namespace, workload.selector.at('matchLabels').texts);
      const taken = like.find((other) => other !== workload && matchesSelector(workload.selector, other.labels));
      if (!taken) continue;
      yield {
        at: workload.selector,
        message: `selects the pods of ${taken} too`,
        fix: 'Add a label to selector and template that only these pods carry.',
      };
    }
  },
};
