import { networkOf } from '../../network/read-network.ts';
import { unlessOthersRunPods } from '../../pods-of-others.ts';
import type { Rule } from '../../rule.ts';
import { matchesSelector } from '../../selector.ts';

/** Pods that controllers make when they are needed: cert-manager's solver answers a challenge and is gone. */
const MADE_BY_CONTROLLERS = ['acme.cert-manager.io/http01-solver'];

export const policySelectsPods: Rule = {
  id: 'policy-selects-pods',
  title: 'Every NetworkPolicy selects pods, and names peers that exist',
  rationale: 'A policy with a label that no pod carries protects nothing and opens nothing, and looks as if it did.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  *check(platform) {
    const { policies, pods } = networkOf(platform);
    for (const { resource, selects, rules } of policies) {
      const own = platform.environmentOf(resource.namespace) !== undefined;
      const selector = resource.at('spec', 'podSelector');
      const labels = selector.at('matchLabels');
      const transient = MADE_BY_CONTROLLERS.some((label) => labels.at(label).exists);
      const isGeneral = labels.entries.length === 0 && selector.at('matchExpressions').items.length === 0;
      const elsewhere = platform.workloads.find(({ labels: given }) => matchesSelector(selector, given));
      const isPartial = platform.workloadsIn(resource.namespace).length === 0 && !elsewhere;
      if (!isGeneral && !transient && !isPartial && !pods.some(selects)) {
        yield unlessOthersRunPods(platform, {
          at: selector,
          message: `selects no pod of namespace ${resource.namespace}${elsewhere ? `; ${elsewhere} carries these labels` : ''}`,
          fix: 'Give it the labels of the pods that it means and their namespace, or remove the policy.',
          severity: own ? 'error' : 'warning',
        });
      }
      if (!own) continue;
      for (const { at, matches } of [...(rules.ingress ?? []), ...(rules.egress ?? [])].flatMap(({ peers }) => peers)) {
        const space = at.at('namespaceSelector');
        const known = space.exists
          ? platform
              .ofKind('Namespace')
              .some(
                ({ labels: given, name }) =>
                  platform.workloadsIn(name).length > 0 &&
                  matchesSelector(space, { ...given, 'kubernetes.io/metadata.name': name }),
              )
          : true;
        if (at.at('ipBlock').exists || !known || pods.some(matches)) continue;
        yield {
          at,
          message: 'names a peer that is no pod of the namespaces that it selects',
          fix: 'Give it the labels of the pods that it means, or remove it.',
        };
      }
    }
  },
};
