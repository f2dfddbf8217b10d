import { PROMISES, WORKLOAD } from '../../annotations.ts';
import type { Resource } from '../../field.ts';
import { unlessOthersRunPods } from '../../missing.ts';
import { networkOf, policiesIn } from '../../network/network.ts';
import { NAMESPACE_NAME, type Policy, type PolicyPeer, type PolicyRule } from '../../network/policy.ts';
import { oncePerPlatform, type Platform } from '../../platform.ts';
import { each, type Problem, rules } from '../../rule.ts';
import { readSelector, selectsSome } from '../../selector.ts';
import { didYouMean, suggest } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';

const POLICIES = 'https://kubernetes.io/docs/concepts/services-networking/network-policies/';
const EVERYWHERE = ['0.0.0.0/0', '::/0'];
/** Pods that controllers make when they are needed: cert-manager's solver answers a challenge and is gone. */
const MADE_BY_CONTROLLERS = 'acme.cert-manager.io/http01-solver';

export const policiesRules = rules({
  'policy-is-bounded': {
    title: 'Where isolation is promised, no policy means everybody, and addresses are declared',
    rationale: 'A rule without peers and without ports undoes every other policy of the pods that it selects.',
    docs: `${POLICIES}#allow-all-egress-traffic`,
    where: PROMISES.isolation,
    check: each(policiesIn, function* (policy, platform) {
      for (const rule of policy.rules.ingress ?? []) yield* unbounded(rule, 'in', 'from');
      for (const rule of policy.rules.egress ?? []) yield* unbounded(rule, 'out', 'to');
      for (const peer of peersOf(policy, 'ingress', 'egress')) yield* everyNamespace(peer);
      yield* undeclaredAddresses(platform, policy);
    }),
  },
  'policy-selects-pods': {
    title: 'Every NetworkPolicy selects pods, and names peers that exist',
    rationale: 'A policy with a label that no pod carries protects nothing and opens nothing, and looks as if it did.',
    docs: `${POLICIES}#networkpolicy-resource`,
    check: each(policiesIn, function* (policy, platform) {
      const workloads = workloadsOf(platform, policy);
      if (workloads.length === 0) yield* selectsNone(platform, policy.resource);
      yield* idleRules(policy.resource);
      yield* portsOfServices(platform, policy, workloads);
      yield* unlabelled(platform, policy);
      if (platform.environmentOf(policy.resource.namespace)) yield* missingPeers(platform, policy);
    }),
  },
});

function workloadsOf(platform: Platform, policy: Policy): readonly Workload[] {
  const pods = networkOf(platform).podsOf(policy);
  return pods.flatMap(({ workload }) => workload ?? []);
}

function peersOf({ rules }: Policy, ...directions: readonly ('ingress' | 'egress')[]): readonly PolicyPeer[] {
  return directions.flatMap((direction) => rules[direction] ?? []).flatMap(({ peers }) => peers);
}

function* unbounded({ at, peers }: PolicyRule, way: string, side: string): Iterable<Problem> {
  const hasPorts = at.all('ports', '*', 'port').some(({ exists }) => exists);
  const isAnybody = peers.some((peer) => EVERYWHERE.includes(peer.at.at('ipBlock', 'cidr').text ?? ''));
  if (hasPorts || (peers.length > 0 && !isAnybody)) return;
  yield { at, message: `lets everybody ${way} on every port`, fix: `Name the peers (${side}) and the ports.` };
}

/** All pods of all namespaces are everybody in the cluster, on whichever port. */
function* everyNamespace({ at }: PolicyPeer): Iterable<Problem> {
  const [namespaces, pods] = [at.at('namespaceSelector'), at.at('podSelector')];
  if (!namespaces.exists || selectsSome(namespaces) || selectsSome(pods)) return;
  const fix = 'Name the namespace and the pods by their labels.';
  yield { at, message: 'means every pod of every namespace', fix };
}

/** Addresses have no labels: a pod that calls some says so. */
function* undeclaredAddresses(platform: Platform, policy: Policy): Iterable<Problem> {
  const workloads = workloadsOf(platform, policy);
  const calls = workloads.map(({ resource }) => resource.annotations[WORKLOAD.connectsTo] ?? '').join(',');
  for (const at of peersOf(policy, 'egress').map((peer) => peer.at.at('ipBlock', 'cidr'))) {
    if (workloads.length === 0 || at.text === undefined || calls.includes(at.text)) continue;
    const message = `lets ${workloads.join(', ')} out to ${at.text}, which none of them says that it calls`;
    yield { at, message, fix: `Declare it in the annotation ${WORKLOAD.connectsTo}, or remove it.` };
  }
}

function* selectsNone(platform: Platform, { namespace, root }: Resource): Iterable<Problem> {
  const at = root.at('spec', 'podSelector');
  if (at.at('matchLabels', MADE_BY_CONTROLLERS).exists || !selectsSome(at)) return;
  const isSelected = readSelector(at);
  const elsewhere = platform.workloads.find(({ labels }) => isSelected(labels));
  if (platform.workloadsIn(namespace).length === 0 && !elsewhere) return;
  const carried = elsewhere ? `; ${elsewhere} carries these labels` : '';
  const message = `selects no pod of namespace ${namespace}${carried}`;
  const fix = 'Give it the labels of the pods that it means and their namespace, or remove the policy.';
  yield unlessOthersRunPods(platform, { at, message, fix, elsewhere: 'warning' });
}

/** Rules of a direction that policyTypes leaves out do nothing. */
function* idleRules({ root }: Resource): Iterable<Problem> {
  const types = root.at('spec', 'policyTypes').words;
  for (const [key, type] of [['ingress', 'Ingress'] as const, ['egress', 'Egress'] as const]) {
    const at = root.at('spec', key);
    if (types.length === 0 || types.includes(type) || at.items.length === 0) continue;
    const message = `has ${key} rules, but policyTypes leaves ${type} out: they do nothing`;
    yield { at, message, fix: `Add ${type} to policyTypes, or remove the rules.`, elsewhere: 'warning' };
  }
}

/** A policy is about the ports of pods; the number of a Service that leads to another one lets nobody in. */
function* portsOfServices(
  platform: Platform,
  { rules: { ingress = [] } }: Policy,
  workloads: readonly Workload[],
): Iterable<Problem> {
  const listening = workloads.flatMap(({ containers }) => containers.flatMap(({ ports }) => ports));
  const names = new Set(listening.flatMap(({ name }) => name ?? []));
  const numbers = new Set(listening.map(({ number }) => number));
  for (const port of ingress.flatMap((rule) => rule.at.at('ports').items)) {
    const at = port.at('port');
    if (at.text !== undefined && workloads.length > 0 && !names.has(at.text)) {
      const fix = didYouMean(at.text, names, 'Name a port of the container, or give its number.');
      yield { at, message: `allows port ${at.text}, which none of its pods has`, fix, elsewhere: 'warning' };
    }
    if (at.number === undefined || port.at('endPort').exists) continue;
    if (workloads.length === 0 || numbers.has(at.number)) continue;
    const service = serviceWithPort(platform, workloads, at.number);
    if (!service) continue;
    const message = `allows port ${at.number}, which is a port of ${service}; its pods listen on another one`;
    yield { at, message, fix: 'Name the port of the container.', elsewhere: 'warning' };
  }
}

/** A label that says the name of a declared namespace, which does not carry it. */
function* unlabelled(platform: Platform, policy: Policy): Iterable<Problem> {
  for (const { at } of peersOf(policy, 'ingress', 'egress')) {
    for (const [key, value] of at.at('namespaceSelector', 'matchLabels').entries) {
      const namespace = platform.find('Namespace', '', value.text ?? '');
      const isCarried = platform.ofKind('Namespace').some(({ labels }) => labels[key] === value.text);
      if (!namespace || isCarried || key === NAMESPACE_NAME) continue;
      const message = `selects the namespace by ${key}=${value.text}, a label that ${namespace.name} does not carry`;
      yield { at: value, message, fix: `Select it by ${NAMESPACE_NAME}, or give it the label.`, elsewhere: 'warning' };
    }
  }
}

function serviceWithPort(platform: Platform, workloads: readonly Workload[], number: number): Resource | undefined {
  return platform.ofKind('Service').find((service) => {
    const port = service.at('spec', 'ports').items.find((one) => one.at('port').number === number);
    const isOther = port?.at('targetPort').exists && port.at('targetPort').number !== number;
    return isOther && platform.selectedBy(service).some((workload) => workloads.includes(workload));
  });
}

const namespacesOf = oncePerPlatform((platform) => platform.ofKind('Namespace').map(({ name }) => name));

function* missingPeers(platform: Platform, policy: Policy): Iterable<Problem> {
  const network = networkOf(platform);
  for (const peer of peersOf(policy, 'ingress', 'egress')) {
    const { at } = peer;
    if (at.at('ipBlock').exists || network.podsAmong([peer]).length > 0) continue;
    const space = at.at('namespaceSelector');
    const isOfSpace = readSelector(space);
    const named = space.at('matchLabels', NAMESPACE_NAME);
    const meant = named.text === undefined ? undefined : suggest(named.text, namespacesOf(platform));
    if (meant !== undefined && meant !== named.text) {
      const message = `selects ${named.text}, a namespace that is not declared`;
      const severity = isSibling(named.text ?? '', meant) ? 'note' : 'warning';
      yield { at: named, severity, message, fix: `Did you mean ${meant}?` };
    }
    // Of a namespace in which no pods are given, nobody knows.
    if (space.exists && !network.podsIn(peer.namespace).some(({ namespaceLabels }) => isOfSpace(namespaceLabels)))
      continue;
    const message = 'names a peer that is no pod of the namespaces that it selects';
    yield { at, message, fix: 'Give it the labels of the pods that it means, or remove it.' };
  }
}

/** Names that differ in their last part or in numbers only are those of another team, region or stage. */
function isSibling(one: string, other: string): boolean {
  const [stem, stemOfOther] = [one, other].map((name) => name.replace(/-[^-]+$|\d+/g, ''));
  return stem === stemOfOther;
}
