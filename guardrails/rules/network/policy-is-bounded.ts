import { PROMISES, WORKLOAD } from '../../annotations.ts';
import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Policy, PolicyRule } from '../../network/policy.ts';
import { networkOf } from '../../network/read-network.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

export const policyIsBounded: Rule = {
  id: 'policy-is-bounded',
  title: 'Where isolation is promised, no policy means everybody, and addresses are declared',
  rationale: 'A rule without peers and without ports undoes every other policy of the pods that it selects.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-egress-traffic',
  *check(platform) {
    for (const policy of networkOf(platform).policies) {
      if (!platform.environmentOf(policy.resource.namespace)?.promises(PROMISES.isolation)) continue;
      yield* unbounded(policy, 'ingress', 'from');
      yield* unbounded(policy, 'egress', 'to');
      yield* everyNamespace(policy);
      yield* undeclaredAddresses(policy, selectedBy(platform, policy));
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

/** All pods of all namespaces are everybody in the cluster, on whichever port. */
function* everyNamespace({ rules }: Policy): Iterable<Problem> {
  for (const { at } of [...(rules.ingress ?? []), ...(rules.egress ?? [])].flatMap(({ peers }) => peers)) {
    const [namespaces, pods] = [at.at('namespaceSelector'), at.at('podSelector')];
    if (!namespaces.exists || selectsSome(namespaces) || selectsSome(pods)) continue;
    yield {
      at,
      message: 'means every pod of every namespace',
      fix: 'Name the namespace and the pods by their labels.',
    };
  }
}

function selectsSome(selector: Field): boolean {
  return selector.at('matchLabels').entries.length > 0 || selector.at('matchExpressions').items.length > 0;
}

/** Addresses have no labels: a pod that calls some says so. */
function* undeclaredAddresses({ rules }: Policy, workloads: readonly Workload[]): Iterable<Problem> {
  const calls = workloads.map(({ resource }) => resource.annotations[WORKLOAD.connectsTo] ?? '').join(',');
  if (workloads.length === 0) return;
  for (const { at } of (rules.egress ?? []).flatMap(({ peers }) => peers)) {
    const cidr = at.at('ipBlock', 'cidr');
    if (cidr.text === undefined || calls.includes(cidr.text)) continue;
    yield {
      at: cidr,
      message: `lets ${workloads.map(String).join(', ')} out to ${cidr.text}, which none of them says that it calls`,
      fix: `Declare it in the annotation ${WORKLOAD.connectsTo}, or remove it.`,
    };
  }
}

function selectedBy(platform: Platform, policy: Policy): readonly Workload[] {
  return networkOf(platform)
    .pods.filter(policy.selects)
    .flatMap(({ workload }) => workload ?? []);
}
