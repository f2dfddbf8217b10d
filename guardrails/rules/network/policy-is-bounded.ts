import { PROMISES } from '../../annotations.ts';
import type { Problem } from '../../finding.ts';
import type { Policy, PolicyRule } from '../../network/policy.ts';
import { networkOf } from '../../network/read-network.ts';
import type { Rule } from '../../rule.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

export const policyIsBounded: Rule = {
  id: 'policy-is-bounded',
  title: 'Where isolation is promised, no policy lets anybody in or out on any port',
  rationale: 'A rule without peers and without ports undoes every other policy of the pods that it selects.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-egress-traffic',
  *check(platform) {
    for (const policy of networkOf(platform).policies) {
      if (!platform.environmentOf(policy.resource.namespace)?.promises(PROMISES.isolation)) continue;
      yield* unbounded(policy, 'ingress', 'from');
      yield* unbounded(policy, 'egress', 'to');
    }
  },
};

function* unbounded({ rules }: Policy, direction: 'ingress' | 'egress', side: string): Iterable<Problem> {
  for (const rule of rules[direction] ?? []) {
    const hasPorts = rule.at.at('ports').items.some((port) => port.at('port').exists);
    if (hasPorts || !isEverybody(rule)) continue;
    yield {
      at: rule.at,
      message: `lets everybody ${direction === 'ingress' ? 'in' : 'out'} on every port`,
      fix: `Name the peers (${side}) and the ports.`,
    };
  }
}

function isEverybody({ peers }: PolicyRule): boolean {
  return peers.length === 0 || peers.some(({ at }) => EVERYWHERE.includes(at.at('ipBlock', 'cidr').text ?? ''));
}
