import { selectorLabels } from '../constructs/labels.ts';
import { groupBy } from '../constructs/lists.ts';
import { type AddressRange, DNS, type TrafficPeer, type TrafficRule } from '../constructs/traffic-policy.ts';

/** An end of a connection: the pods of a workload, pods that somebody else runs, or addresses that no selector can name. */
export type Endpoint =
  | { readonly kind: 'workload'; readonly name: string; readonly namespace: string }
  | { readonly kind: 'peer'; readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> }
  | { readonly kind: 'addresses'; readonly cidr: string };
export type WorkloadEndpoint = Extract<Endpoint, { kind: 'workload' }>;

/**
 * Who speaks to whom, said once: from it come both sides of the NetworkPolicy, name look-ups, the line in the diagram,
 * what the cluster test tries and what the guardrails read.
 */
export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** TCP ports of the pods (not of their Service). */
  readonly ports: readonly number[];
  /** What it is called by, where that is not seen elsewhere in the manifests: `redis:6379`. @default - a URL or a scrape shows it */
  readonly calls?: string;
  /** Whether the caller looks up a name first. @default - true, unless `to` is addresses */
  readonly byName?: boolean;
}

/** Everywhere: for traffic of which nobody knows the sender. */
export const ANYWHERE: Endpoint = { kind: 'addresses', cidr: '0.0.0.0/0' };

export function toAddresses(
  from: Endpoint,
  ranges: readonly AddressRange[],
  options: Pick<Connection, 'byName'> = {},
): Connection[] {
  return ranges.map(({ cidr, ports }) => ({
    from,
    to: { kind: 'addresses', cidr },
    ports,
    calls: ports.map((port) => `${cidr}:${port}`).join(', '),
    ...options,
  }));
}

/** What a policy lets in and out of one workload, and what its annotation declares. */
export interface Traffic {
  readonly ingress: readonly TrafficRule[];
  readonly egress: readonly TrafficRule[];
  readonly calls: string;
}

/** Every workload's traffic: each connection is looked at once. */
export function trafficOf(connections: readonly Connection[]): (workload: WorkloadEndpoint) => Traffic {
  const all = distinct(connections);
  const byCaller = groupBy(all, ({ from }) => keyOf(from));
  const byCalled = groupBy(all, ({ to }) => keyOf(to));
  return (workload) => {
    const outgoing = byCaller.get(keyOf(workload)) ?? [];
    const rules = outgoingRules(outgoing, workload.namespace);
    return {
      ingress: incomingRules(byCalled.get(keyOf(workload)) ?? [], workload.namespace),
      egress: outgoing.some(looksUpNames) ? [DNS, ...rules] : rules,
      calls: [...new Set(outgoing.flatMap(({ calls }) => calls ?? []))].join(', '),
    };
  };
}

/** One for each pair of ends and ports, however often it is declared: Prometheus both scrapes Alertmanager and sends it alerts. */
function distinct(connections: readonly Connection[]): Connection[] {
  const found = new Map<string, Connection>();
  for (const connection of connections) {
    const key = JSON.stringify([connection.from, connection.to, connection.ports]);
    const before = found.get(key);
    found.set(key, before?.calls === undefined ? connection : { ...connection, calls: before.calls });
  }
  return [...found.values()];
}

function looksUpNames({ to, byName }: Connection): boolean {
  return byName ?? to.kind !== 'addresses';
}

function keyOf(end: Endpoint): string {
  return end.kind === 'workload' ? `${end.namespace}/${end.name}` : '';
}

/** Who comes in, by port: people before services, services before anyone. */
function incomingRules(connections: readonly Connection[], here: string): TrafficRule[] {
  return [...groupBy(connections, ({ ports }) => ports.join()).values()].map((group) => ({
    peers: [...group].sort((a, b) => RANK[a.from.kind] - RANK[b.from.kind]).map(({ from }) => peerOf(from, here)),
    ports: group[0].ports,
  }));
}

const RANK: Readonly<Record<Endpoint['kind'], number>> = { peer: 0, workload: 1, addresses: 2 };

/** Neighbours on the same ports become one rule: shorter to read, and the same to the network. */
function outgoingRules(connections: readonly Connection[], here: string): TrafficRule[] {
  const rules: { peers: TrafficPeer[]; ports: readonly number[] }[] = [];
  for (const { to, ports } of connections) {
    const last = rules.at(-1);
    if (last !== undefined && last.ports.join() === ports.join()) last.peers.push(peerOf(to, here));
    else rules.push({ peers: [peerOf(to, here)], ports });
  }
  return rules;
}

/** Pods of the policy's own namespace need no namespace. */
function peerOf(end: Endpoint, here: string): TrafficPeer {
  if (end.kind !== 'workload') return end;
  const labels = selectorLabels(end.name, end.namespace);
  return end.namespace === here
    ? { kind: 'pods', labels }
    : { kind: 'peer', namespace: end.namespace, podLabels: labels };
}
