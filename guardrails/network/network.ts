import { NAMESPACE } from '../annotations.ts';
import { groupBy, oncePerPlatform, type Platform } from '../platform.ts';
import type { Labels } from '../selector.ts';
import type { Workload } from '../workload.ts';
import type { Direction, Endpoint, PodEndpoint, Policy, PolicyPeer, PolicyRule, TransportPort } from './policy.ts';
import { NAMESPACE_NAME, readPolicy } from './policy.ts';

/** What the policies say about one direction of a connection. */
export interface Verdict {
  readonly allowed: boolean;
  /** The policies that restrict this end; none means that everything is allowed. */
  readonly policies: readonly Policy[];
  /** The rules that let it through. */
  readonly rules: readonly PolicyRule[];
}

/** All policies together: who may open a connection to whom. */
export class Network {
  readonly pods: readonly PodEndpoint[];
  readonly policies: readonly Policy[];
  readonly #byNamespace: ReadonlyMap<string, readonly Policy[]>;
  readonly #byPod = new Map<PodEndpoint, readonly Policy[]>();
  readonly #podsByNamespace: ReadonlyMap<string, readonly PodEndpoint[]>;
  readonly #places: ReadonlyMap<PodEndpoint, number>;

  constructor(pods: readonly PodEndpoint[], policies: readonly Policy[]) {
    this.pods = pods;
    this.policies = policies;
    this.#byNamespace = groupBy(policies, ({ resource }) => resource.namespace);
    this.#podsByNamespace = groupBy(pods, ({ namespace }) => namespace);
    this.#places = new Map(pods.map((pod, index) => [pod, index] as const));
  }

  /** The pods that a policy is about: all of its own namespace. */
  podsOf({ resource, selects }: Policy): readonly PodEndpoint[] {
    return this.podsIn(resource.namespace).filter(selects);
  }

  /** @param namespace of the pods. @default - all of them */
  podsIn(namespace?: string): readonly PodEndpoint[] {
    return namespace === undefined ? this.pods : (this.#podsByNamespace.get(namespace) ?? []);
  }

  /** The pods that one of these peers is about, in their order. Most peers name a namespace, and its pods alone are compared. */
  podsAmong(peers: readonly PolicyPeer[]): readonly PodEndpoint[] {
    const found = new Set(peers.flatMap(({ namespace, matches }) => this.podsIn(namespace).filter(matches)));
    const place = (pod: PodEndpoint) => this.#places.get(pod) ?? 0;
    return [...found].sort((one, other) => place(one) - place(other));
  }

  /** Whether `from` may open a connection to this port of `to`: its egress and the other's ingress must both let it. */
  allows(from: Endpoint, to: Endpoint, port: TransportPort): boolean {
    return this.verdict('egress', from, to, port).allowed && this.verdict('ingress', from, to, port).allowed;
  }

  /** What one end says: `egress` asks the policies of `from`, `ingress` those of `to`. Without any, everything is allowed. */
  verdict(direction: Direction, from: Endpoint, to: Endpoint, port: TransportPort): Verdict {
    const [own, peer] = direction === 'egress' ? [from, to] : [to, from];
    const policies = own.kind === 'pod' ? this.policiesOf(own, direction) : [];
    const rules = policies.flatMap((policy) =>
      (policy.rules[direction] ?? []).filter((rule) => rule.matches(peer, port, to)),
    );
    return { allowed: policies.length === 0 || rules.length > 0, policies, rules };
  }

  /** The policies that restrict a direction of a pod's traffic. */
  policiesOf(pod: PodEndpoint, direction: Direction): readonly Policy[] {
    const selecting =
      this.#byPod.get(pod) ?? this.#byNamespace.get(pod.namespace)?.filter((policy) => policy.selects(pod)) ?? [];
    this.#byPod.set(pod, selecting);
    return selecting.filter((policy) => policy.rules[direction] !== undefined);
  }
}

/** The pods and policies of a platform. */
export const networkOf = oncePerPlatform((platform) => {
  const pods = platform.workloads.map((workload) => toPod(platform, workload));
  const policies = platform.ofKind('NetworkPolicy').filter(({ group }) => group === 'networking.k8s.io');
  return new Network(pods, policies.map(readPolicy));
});

export function policiesIn(platform: Platform): readonly Policy[] {
  return networkOf(platform).policies;
}

/** The pods of a workload, as policies see them. */
export function podOf(platform: Platform, workload: Workload): PodEndpoint | undefined {
  return byWorkload(platform).get(workload);
}

const byWorkload = oncePerPlatform(
  (platform) => new Map(networkOf(platform).pods.map((pod) => [pod.workload, pod] as const)),
);

function toPod(platform: Platform, workload: Workload): PodEndpoint {
  const named = new Map<string, readonly TransportPort[]>();
  for (const { name, number, protocol } of workload.ports)
    if (name !== undefined && number !== undefined) named.set(name, [...(named.get(name) ?? []), { number, protocol }]);
  return {
    kind: 'pod',
    name: `${workload.namespace}/${workload.name}`,
    namespace: workload.namespace,
    namespaceLabels: namespaceLabels(platform, workload.namespace),
    labels: workload.labels,
    namedPorts: named,
    onHost: workload.pod.at('hostNetwork').flag === true,
    workload,
  };
}

function namespaceLabels(platform: Platform, namespace: string): Labels {
  return { ...platform.find('Namespace', '', namespace)?.labels, [NAMESPACE_NAME]: namespace };
}

/** Pods of somebody else, by the namespace and the labels that they are known by. */
export function foreignPod(platform: Platform, namespace: string, labels: Labels): PodEndpoint {
  return {
    kind: 'pod',
    name: `${namespace}/${Object.values(labels).join('+') || '*'}`,
    namespace,
    namespaceLabels: namespaceLabels(platform, namespace),
    labels,
    namedPorts: new Map(),
    onHost: false,
  };
}

/** The cluster's DNS, as every distribution labels it. */
export function clusterDns(platform: Platform): PodEndpoint {
  return foreignPod(platform, 'kube-system', { 'k8s-app': 'kube-dns' });
}

/** The pods that bring requests to the routes of a namespace, where its Namespace names them. */
export function edgeController(platform: Platform, namespace: string): PodEndpoint | undefined {
  const declared = platform.find('Namespace', '', namespace)?.annotations[NAMESPACE.ingressController];
  const [where, labels] = (declared ?? '').split(/:(.*)/s).map((part) => part.trim());
  if (!where || labels === undefined) return undefined;
  const pairs = labels.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  return foreignPod(platform, where, Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value])));
}

/** Somebody outside of what was given whom a policy names: pods of another namespace, addresses, or anybody at all. */
export interface Outsider {
  readonly endpoint: Endpoint;
  /** The ports that policies name for it. */
  readonly ports: readonly TransportPort[];
}

/** A documentation address: it stands for anybody on the internet. */
const ANYBODY: Endpoint = { kind: 'address', name: 'anybody', ip: '203.0.113.7' };

/** Everybody outside whom the policies of these pods name. */
export function outsidersOf(platform: Platform, pods: readonly PodEndpoint[]): readonly Outsider[] {
  const network = networkOf(platform);
  const found = new Map<string, { readonly endpoint: Endpoint; readonly ports: Map<string, TransportPort> }>();
  const add = (endpoint: Endpoint, rule?: PolicyRule): void => {
    const entry = found.get(endpoint.name) ?? { endpoint, ports: new Map() };
    for (const port of rule ? numberedPorts(rule) : []) entry.ports.set(`${port.protocol}${port.number}`, port);
    found.set(endpoint.name, entry);
  };
  add(ANYBODY);
  const selected = network.policies.filter((policy) => pods.some(policy.selects));
  for (const rule of selected.flatMap(({ rules }) => [...(rules.ingress ?? []), ...(rules.egress ?? [])])) {
    if (rule.peers.length === 0) add(ANYBODY, rule);
    for (const peer of rule.peers) {
      const endpoint = network.pods.some(peer.matches) ? undefined : endpointOf(platform, peer);
      if (endpoint) add(endpoint, rule);
    }
  }
  return [...found.values()].map(({ endpoint, ports }) => ({ endpoint, ports: [...ports.values()] }));
}

/** An endpoint that stands for a peer which is none of the given pods. */
function endpointOf(platform: Platform, { at }: PolicyPeer): Endpoint | undefined {
  const cidr = at.at('ipBlock', 'cidr').text;
  if (cidr !== undefined) {
    const ip = cidr.split('/')[0] ?? '';
    return cidr === '0.0.0.0/0' ? ANYBODY : { kind: 'address', name: cidr, ip };
  }
  const namespace = at.at('namespaceSelector', 'matchLabels', NAMESPACE_NAME).text;
  const labels = at.at('podSelector', 'matchLabels').texts;
  return namespace === undefined ? undefined : foreignPod(platform, namespace, labels);
}

function numberedPorts({ at }: PolicyRule): readonly TransportPort[] {
  return at.at('ports').items.flatMap((port) => {
    const number = port.at('port').number;
    return number === undefined ? [] : [{ protocol: port.at('protocol').text ?? 'TCP', number }];
  });
}
