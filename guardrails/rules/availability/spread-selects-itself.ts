import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import { antiAffinityTerms } from '../../placement.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { matchesSelector } from '../../selector.ts';
import type { Workload } from '../../workload.ts';

export const spreadSelectsItself: Rule = {
  id: 'spread-selects-itself',
  title: 'A topology spread counts the pods that it spreads, and an anti-affinity avoids pods that exist',
  rationale:
    'A constraint that selects other pods, or none, is met wherever the pod lands: nothing spreads, and nothing says so.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#known-limitations',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const constraint of workload.pod.at('topologySpreadConstraints').items) {
        const selector = constraint.at('labelSelector');
        if (matchesSelector(selector, workload.labels)) continue;
        yield {
          at: selector,
          message: `spreads over ${constraint.at('topologyKey').scalar}, but its labelSelector does not select the pods of ${workload} itself`,
          fix: 'Give it the labels of the pod template.',
        };
      }
      if (!platform.environmentOf(workload.namespace)) continue;
      yield* topology(workload);
      for (const term of [...antiAffinityTerms(workload, 'required'), ...antiAffinityTerms(workload, 'preferred')]) {
        if (avoidsSome(platform, workload, term)) continue;
        yield {
          at: term.at('labelSelector'),
          message: 'the anti-affinity avoids pods that do not exist',
          fix: 'Give its labelSelector the labels of the pods to keep away from.',
        };
      }
    }
  },
};

function avoidsSome(platform: Platform, workload: Workload, term: Field): boolean {
  const selector = term.at('labelSelector');
  if (!selector.exists || term.at('namespaceSelector').exists) return selector.exists;
  const named = term.at('namespaces').items.flatMap(({ text }) => text ?? []);
  const namespaces = named.length > 0 ? named : [workload.namespace];
  const candidates = namespaces.flatMap((namespace) => platform.workloadsIn(namespace));
  return candidates.some(({ labels }) => matchesSelector(selector, labels));
}

/** Labels that every node carries; a spread over another is met by all nodes at once, or by none. */
const NODE_LABELS = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

function* topology(workload: Workload): Iterable<Problem> {
  for (const constraint of workload.pod.at('topologySpreadConstraints').items) {
    const key = constraint.at('topologyKey');
    if (!NODE_LABELS.includes(key.text ?? '')) {
      yield {
        at: key,
        message: `spreads over ${key.scalar}, which is no label that every node carries`,
        fix: `Spread over one of ${NODE_LABELS.join(', ')}.`,
      };
    }
    const hard = constraint.at('whenUnsatisfiable').text === 'DoNotSchedule';
    const keys = constraint.at('matchLabelKeys').items.map(({ text }) => text);
    if (workload.kind !== 'Deployment' || !hard || keys.includes('pod-template-hash')) continue;
    yield {
      at: constraint,
      message: `spreads ${workload} hard, and counts the pods of the old version during a rollout`,
      fix: 'Add matchLabelKeys: [pod-template-hash].',
    };
  }
}
