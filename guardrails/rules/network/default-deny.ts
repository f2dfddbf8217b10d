import { PROMISES } from '../../annotations.ts';
import type { Direction } from '../../network/policy.ts';
import { networkOf } from '../../network/read-network.ts';
import type { Rule } from '../../rule.ts';

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

export const defaultDeny: Rule = {
  id: 'default-deny',
  title: 'Where isolation is promised, each namespace denies all traffic that no policy allows',
  rationale:
    'A pod that no policy selects may talk to everybody; a default deny covers the pods that nobody has thought of.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic',
  *check(platform) {
    const { policies } = networkOf(platform);
    for (const environment of platform.environments.filter((one) => one.promises(PROMISES.isolation))) {
      for (const namespace of environment.namespaces) {
        const general = policies.filter(({ resource }) => {
          const selector = resource.at('spec', 'podSelector');
          const all =
            selector.at('matchLabels').entries.length === 0 && selector.at('matchExpressions').items.length === 0;
          return resource.namespace === namespace.name && all;
        });
        const open = DIRECTIONS.filter((direction) => !general.some(({ rules }) => rules[direction] !== undefined));
        if (open.length === 0) continue;
        yield {
          at: namespace.at('metadata', 'name'),
          message: `has no NetworkPolicy for all its pods that denies ${open.join(' and ')}`,
          fix: 'Add one with an empty podSelector, policyTypes Ingress and Egress, and no rules.',
        };
      }
    }
  },
};
