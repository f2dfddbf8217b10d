import type { Platform } from '../platform.ts';
import type { Endpoint, PodEndpoint, TransportPort } from './endpoint.ts';
import { NAMESPACE_NAME } from './endpoint.ts';
import type { PolicyPeer, PolicyRule } from './policy.ts';
import { foreignPod, networkOf } from './read-network.ts';

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
  return namespace === undefined
    ? undefined
    : foreignPod(platform, namespace, at.at('podSelector', 'matchLabels').texts);
}

function numberedPorts({ at }: PolicyRule): readonly TransportPort[] {
  return at.at('ports').items.flatMap((port) => {
    const number = port.at('port').number;
    return number === undefined ? [] : [{ protocol: port.at('protocol').text ?? 'TCP', number }];
  });
}
