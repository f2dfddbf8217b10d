import { PROMISES, WORKLOAD } from '../../annotations.ts';
import type { Field, Resource } from '../../field.ts';
import { unlessOthersRunPods } from '../../missing.ts';
import { networkOf } from '../../network/network.ts';
import type { PodEndpoint, Policy, PolicyRule } from '../../network/policy.ts';
import type { Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';
import { readSelector } from '../../selector.ts';
import type { Workload } from '../../workload.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

const policyIsBounded: Rule = {
  id: 'policy-is-bounded',
  title: 'Where isolation is promised, no policy means everybody, and addresses are declared',
  rationale: 'A rule without peers and without ports undoes every other policy of the pods that it selects.',
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

/** Pods that controllers make when they are needed: cert-manager's solver answers a challenge and is gone. */
const MADE_BY_CONTROLLERS = ['acme.cert-manager.io/http01-solver'];

const policySelectsPods: Rule = {
  id: 'policy-selects-pods',
  title: 'Every NetworkPolicy selects pods, and names peers that exist',
  rationale: 'A policy with a label that no pod carries protects nothing and opens nothing, and looks as if it did.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  *check(platform) {
    const { policies, pods } = networkOf(platform);
    for (const policy of policies) {
      if (!pods.some(policy.selects)) yield* selectsNone(platform, policy.resource);
      if (platform.environmentOf(policy.resource.namespace)) yield* missingPeers(policy, pods);
    }
  },
};

function* selectsNone(platform: Platform, resource: Resource): Iterable<Problem> {
  const { namespace } = resource;
  const selector = resource.at('spec', 'podSelector');
  const isMade = MADE_BY_CONTROLLERS.some((label) => selector.at('matchLabels', label).exists);
  if (isMade || !selectsSome(selector)) return;
  const isSelected = readSelector(selector);
  const elsewhere = platform.workloads.find(({ labels }) => isSelected(labels));
  if (platform.workloadsIn(namespace).length === 0 && !elsewhere) return;
  yield unlessOthersRunPods(platform, {
    at: selector,
    message: `selects no pod of namespace ${namespace}${elsewhere ? `; ${elsewhere} carries these labels` : ''}`,
    fix: 'Give it the labels of the pods that it means and their namespace, or remove the policy.',
    severity: platform.environmentOf(namespace) ? 'error' : 'warning',
  });
}

function* missingPeers({ rules }: Policy, pods: readonly PodEndpoint[]): Iterable<Problem> {
  for (const { at, matches } of [...(rules.ingress ?? []), ...(rules.egress ?? [])].flatMap(({ peers }) => peers)) {
    if (at.at('ipBlock').exists || pods.some(matches)) continue;
    const space = at.at('namespaceSelector');
    const isOfSpace = readSelector(space);
    // Of a namespace in which no pods are given, nobody knows.
    if (space.exists && !pods.some(({ namespaceLabels }) => isOfSpace(namespaceLabels))) continue;
    yield {
      at,
      message: 'names a peer that is no pod of the namespaces that it selects',
      fix: 'Give it the labels of the pods that it means, or remove it.',
    };
  }
}

export const policiesRules: readonly Rule[] = [policyIsBounded, policySelectsPods];
