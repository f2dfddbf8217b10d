import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Field, Resource } from '../field.ts';
import { type Labels, readSelector } from '../selector.ts';
import type { Workload } from '../workload.ts';

/** The label that the API server gives every Namespace. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Pods that policies cannot tell apart: those of one workload, or of somebody else outside what was given. */
export interface PodEndpoint {
  readonly kind: 'pod';
  /** As reports show it: `quotes-production/users`. */
  readonly name: string;
  readonly namespace: string;
  /** Labels of its Namespace, `kubernetes.io/metadata.name` among them. */
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  /** Container ports by their names, which policies may use: containers of one pod can share a name. */
  readonly namedPorts: ReadonlyMap<string, readonly TransportPort[]>;
  /** On the network of the host, where no policy applies. */
  readonly onHost: boolean;
  /** The workload among those given; absent for somebody else's pods. */
  readonly workload?: Workload;
}

/** An address outside the pods. */
export interface AddressEndpoint {
  readonly kind: 'address';
  readonly name: string;
  readonly ip: string;
}

export type Endpoint = PodEndpoint | AddressEndpoint;

export interface TransportPort {
  readonly protocol: string;
  readonly number: number;
}

export type Direction = 'ingress' | 'egress';

/** One entry of `ingress` or `egress`: whom, on which ports. */
export interface PolicyRule {
  readonly at: Field;
  matches(peer: Endpoint, port: TransportPort, destination: Endpoint): boolean;
  /** Whether it lets somebody through on this port, whoever that is. */
  opens(port: TransportPort, destination: Endpoint): boolean;
  /** Peers that it names; empty when it lets everybody through. */
  readonly peers: readonly PolicyPeer[];
}

/** One peer of a rule. */
export interface PolicyPeer {
  readonly at: Field;
  /** The namespace of all pods that it can match. @default - it may match pods of several */
  readonly namespace: string | undefined;
  matches(endpoint: Endpoint): boolean;
}

/** A NetworkPolicy, read as the API defines it. */
export interface Policy {
  readonly resource: Resource;
  selects(pod: PodEndpoint): boolean;
  /** The rules of a direction; undefined when the policy is not about it. */
  readonly rules: Readonly<Record<Direction, readonly PolicyRule[] | undefined>>;
}

/** Reads a NetworkPolicy. Without `policyTypes` it is about ingress, and about egress when it has any such rule: an empty list is none. */
export function readPolicy(resource: Resource): Policy {
  const spec = resource.at('spec');
  const types = spec.at('policyTypes').items.map(({ text }) => text);
  const isEgress = types.length > 0 ? types.includes('Egress') : spec.at('egress').items.length > 0;
  const isIngress = types.length === 0 || types.includes('Ingress');
  const isSelected = spec.at('podSelector').exists ? readSelector(spec.at('podSelector')) : () => true;
  const selects = (pod: PodEndpoint) => !pod.onHost && pod.namespace === resource.namespace && isSelected(pod.labels);
  return {
    resource,
    selects,
    rules: {
      ingress: isIngress ? spec.at('ingress').items.map((at) => readRule(at, 'from')) : undefined,
      egress: isEgress ? spec.at('egress').items.map((at) => readRule(at, 'to')) : undefined,
    },
  };
}

function readRule(at: Field, side: 'from' | 'to'): PolicyRule {
  const peers = at.at(side).items.map(readPeer);
  const ports = at.at('ports').items.map(readPort);
  const opens = (port: TransportPort, destination: Endpoint): boolean =>
    ports.length === 0 || ports.some((admits) => admits(port, destination));
  const matches: PolicyRule['matches'] = (peer, port, destination) =>
    opens(port, destination) && (peers.length === 0 || peers.some((one) => one.matches(peer)));
  return { at, peers, opens, matches };
}

function readPeer(at: Field): PolicyPeer {
  const block = at.at('ipBlock');
  if (block.exists) return { at, namespace: '', matches: blockMatcher(block) };
  const pods = at.at('podSelector');
  const namespaces = at.at('namespaceSelector');
  const isSelected = pods.exists ? readSelector(pods) : () => true;
  const isOfNamespace = readSelector(namespaces);
  const matches = (endpoint: Endpoint): boolean => {
    // On the network of the host, a pod comes from the address of its node: no selector finds it.
    if (endpoint.kind !== 'pod' || endpoint.onHost || (!pods.exists && !namespaces.exists)) return false;
    const inNamespace = namespaces.exists
      ? isOfNamespace(endpoint.namespaceLabels)
      : endpoint.namespace === at.resource.namespace;
    return inNamespace && isSelected(endpoint.labels);
  };
  const namespace = namespaces.exists ? namespaces.at('matchLabels', NAMESPACE_NAME).text : at.resource.namespace;
  return { at, namespace, matches };
}

/** Pods have no known address, so a block never stands for one: a policy that relies on it is not portable between network plugins. */
function blockMatcher(block: Field): (endpoint: Endpoint) => boolean {
  const within = subnets(block.at('cidr').text ?? '');
  const except = subnets(...block.at('except').words);
  return (endpoint) => endpoint.kind === 'address' && within(endpoint.ip) && !except(endpoint.ip);
}

/** Whether an address is in one of these networks; what is no network holds none. */
export function subnets(...cidrs: readonly string[]): (ip: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', prefix = ''] = cidr.split('/');
    const longest = isIPv6(address) ? 128 : 32;
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) continue;
    list.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return (ip) => list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}

/** A port: a number, a range up to `endPort`, a name that the destination gives one of its ports, or all of a protocol. */
function readPort(field: Field): (port: TransportPort, destination: Endpoint) => boolean {
  const protocol = field.at('protocol').text ?? 'TCP';
  const port = field.at('port');
  const last = field.at('endPort').number ?? port.number;
  return (asked, destination) => {
    if (asked.protocol !== protocol) return false;
    if (!port.exists) return true;
    if (port.number !== undefined) return asked.number >= port.number && asked.number <= (last ?? port.number);
    const named = destination.kind === 'pod' ? (destination.namedPorts.get(port.text ?? '') ?? []) : [];
    return named.some((one) => one.number === asked.number && one.protocol === protocol);
  };
}
