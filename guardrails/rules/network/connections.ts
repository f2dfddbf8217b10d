import { PROMISES } from '../../annotations.ts';
import { callsOf, declaredEdges, type Edge, portsOf, routesOf } from '../../network/edges.ts';
import { clusterDns, edgeController, type Network, networkOf, podOf } from '../../network/network.ts';
import type { Direction, PodEndpoint, TransportPort } from '../../network/policy.ts';
import { groupBy, oncePerPlatform, type Platform } from '../../platform.ts';
import { each, type Problem, rules } from '../../rule.ts';
import { selectsSome } from '../../selector.ts';
import type { Workload } from '../../workload.ts';

const POLICIES = 'https://kubernetes.io/docs/concepts/services-networking/network-policies/';
const DIRECTIONS = ['egress', 'ingress'] as const satisfies readonly Direction[];
const DNS_PORT = 53;

/** The last call to a Service by name of each workload that makes any. */
const callers = oncePerPlatform((platform) => {
  const calls = callsOf(platform).filter(({ service }) => service);
  return [...new Map(calls.map((call) => [call.workload, call] as const)).values()];
});

export const connectionsRules = rules({
  'declared-edges-allowed': {
    title: 'The policies let through every connection that the manifests declare, at both ends',
    rationale: 'A connection that is dropped hangs until a timeout, and nothing says which policy it was.',
    docs: `${POLICIES}#the-two-sorts-of-pod-isolation`,
    *check(platform) {
      const known = groupBy(declaredEdges(platform), (edge) => `${edge.from.name} ${edge.to.name} ${numbers(edge)}`);
      for (const [edge] of known.values()) if (edge) yield* dropped(platform, edge);
      yield* closedRoutes(platform);
    },
  },
  'undeclared-edges-denied': {
    title: 'Where isolation is promised, the policies let no pod reach another that it does not call',
    rationale: 'Each way that nobody uses is a way on for who has taken over one pod.',
    docs: POLICIES,
    *check(platform) {
      const network = networkOf(platform);
      const edges = declaredEdges(platform);
      const declared = new Set(edges.flatMap(({ from, to, ports }) => ports.map((port) => key(from, to, port))));
      for (const to of network.pods) {
        if (!platform.environmentOf(to.namespace)?.promises(PROMISES.isolation)) continue;
        const policies = network.policiesOf(to, 'ingress');
        const rules = policies.flatMap((policy) => policy.rules.ingress ?? []);
        const isOpen = policies.length === 0 || rules.some(({ peers }) => peers.length === 0);
        // Most pods of a large platform are named by no rule of most others: only the rest are asked port by port.
        const named = isOpen ? network.pods : network.podsAmong(rules.flatMap(({ peers }) => peers));
        for (const from of named) if (from !== to) yield* undeclared(network, from, to, declared);
      }
    },
  },
  'default-deny': {
    title: 'Where isolation is promised, each namespace denies all traffic that no policy allows',
    rationale: 'A pod that no policy selects may talk to everybody; this covers those that nobody thought of.',
    docs: `${POLICIES}#default-deny-all-ingress-and-all-egress-traffic`,
    where: PROMISES.isolation,
    *check(platform) {
      const general = networkOf(platform).policies.filter(
        ({ resource }) => !selectsSome(resource.at('spec', 'podSelector')),
      );
      for (const namespace of platform.environments.flatMap(({ namespaces }) => namespaces)) {
        const own = general.filter(({ resource }) => resource.namespace === namespace.name);
        const open = DIRECTIONS.toReversed().filter((way) => !own.some(({ rules }) => rules[way] !== undefined));
        if (open.length === 0) continue;
        const message = `has no NetworkPolicy for all its pods that denies ${open.join(' and ')}`;
        const fix = 'Add one with an empty podSelector, policyTypes Ingress and Egress, and no rules.';
        yield { at: namespace.at('metadata', 'name'), message, fix };
      }
    },
  },
  'cluster-dns-asked': {
    title: 'A pod that calls Services by name asks the DNS of the cluster',
    rationale: "The node's own resolver does not know Services: every call fails with a name that cannot be resolved.",
    docs: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy',
    check: each(callers, function* ({ workload, address, by }) {
      const wrong = asksElsewhere(workload);
      if (wrong === undefined) return;
      const policy = workload.pod.at('hostNetwork').flag ? 'ClusterFirstWithHostNet' : 'ClusterFirst';
      const message = `${wrong}, but ${workload} calls ${address.host} by name (${by})`;
      yield { at: workload.pod.at('dnsPolicy'), message, fix: `Set dnsPolicy: ${policy}.` };
    }),
  },
  'names-resolve': {
    title: 'A pod that calls others by name may ask the DNS',
    rationale: 'A policy for egress denies DNS too: every call then fails with a name that cannot be resolved.',
    docs: `${POLICIES}#default-deny-all-egress-traffic`,
    check: each(callers, function* ({ workload, at, address, by }, platform) {
      const pod = podOf(platform, workload);
      const denied = pod ? deniedDns(platform, networkOf(platform), pod) : [];
      if (denied.length === 0) return;
      const message = `${workload} calls ${address.host} by name (${by}), but no policy lets it ask the DNS over ${denied.join(' and ')}`;
      const fix = 'Add an egress rule to the pods with k8s-app: kube-dns in kube-system, port 53, UDP and TCP.';
      yield { at, message, fix };
    }),
  },
});

function numbers({ ports }: { readonly ports: readonly TransportPort[] }): string {
  return ports.map(({ number }) => number).join(' or ');
}

function* dropped(platform: Platform, edge: Edge): Iterable<Problem> {
  const { from, to, ports, at, by } = edge;
  const network = networkOf(platform);
  for (const direction of DIRECTIONS) {
    const verdicts = ports.map((port) => network.verdict(direction, from, to, port));
    if (verdicts.some(({ allowed }) => allowed)) continue;
    const policies = new Set(verdicts.flatMap((verdict) => verdict.policies.map(({ resource }) => resource.name)));
    const own = direction === 'egress' ? from : to;
    const message = `${from.name} calls ${to.name} on port ${numbers(edge)} (${by}), but no ${direction} rule of ${own.name} lets it (${[...policies].join(', ')})`;
    const fix = `Add an ${direction} rule for port ${numbers(edge)} to a policy of ${own.name}, or remove the call.`;
    yield { at, message, fix };
  }
}

/** Where nobody says which pods bring the requests, it is enough that somebody may reach the port. */
function* closedRoutes(platform: Platform): Iterable<Problem> {
  const network = networkOf(platform);
  for (const route of routesOf(platform)) {
    const { to, ports, at, by } = route;
    const pod = podOf(platform, to);
    if (!pod || ports.length === 0 || edgeController(platform, to.namespace)) continue;
    const policies = network.policiesOf(pod, 'ingress');
    const rules = policies.flatMap((policy) => policy.rules.ingress ?? []);
    if (policies.length === 0 || rules.some((rule) => ports.some((port) => rule.opens(port, pod)))) continue;
    const names = policies.map(({ resource }) => resource.name).join(', ');
    const message = `${by} leads to ${pod.name} on port ${numbers(route)}, but no ingress rule opens that port (${names})`;
    yield { at, message, fix: `Let the pods of the ingress controller in on port ${numbers(route)}.` };
  }
}

function* undeclared(
  network: Network,
  from: PodEndpoint,
  to: PodEndpoint,
  declared: ReadonlySet<string>,
): Iterable<Problem> {
  for (const port of portsOf(to)) {
    if (declared.has(key(from, to, port)) || !network.allows(from, to, port)) continue;
    const [rule] = DIRECTIONS.toReversed().flatMap((direction) => network.verdict(direction, from, to, port).rules);
    const at = rule?.at ?? to.workload?.resource.at('metadata', 'name');
    const message = `${from.name} may reach ${to.name} on port ${port.number}, but nothing says that it calls it`;
    const fix =
      'Narrow the rule to the pods and ports that call, or declare the call (a URL in its environment, or its annotation guardrails/connects-to).';
    if (at) yield { at, message, fix };
  }
}

function key(from: PodEndpoint, to: PodEndpoint, port: TransportPort): string {
  return `${from.name} ${to.name} ${port.protocol} ${port.number}`;
}

/** Why its names go to another resolver. Servers of its own (dnsConfig) may well be those of the cluster. */
function asksElsewhere({ pod }: Workload): string | undefined {
  const policy = pod.at('dnsPolicy').text ?? 'ClusterFirst';
  if (pod.at('dnsConfig', 'nameservers').items.length > 0) return undefined;
  if (policy === 'Default' || policy === 'None') return `dnsPolicy is ${policy}`;
  const onHost = policy === 'ClusterFirst' && pod.at('hostNetwork').flag === true;
  return onHost ? 'on the network of the node dnsPolicy ClusterFirst means Default' : undefined;
}

/** Elsewhere than at home any rule for port 53 will do: DNS may be a node-local cache or have other labels. Answers over 512 bytes need TCP too. */
function deniedDns(platform: Platform, network: Network, pod: PodEndpoint): readonly string[] {
  const policies = network.policiesOf(pod, 'egress');
  if (policies.length === 0) return [];
  const dns = clusterDns(platform);
  const isOwn = platform.environmentOf(pod.namespace) !== undefined;
  const rules = policies.flatMap((policy) => policy.rules.egress ?? []);
  return (isOwn ? ['UDP', 'TCP'] : ['UDP']).filter((protocol) => {
    const port = { protocol, number: DNS_PORT };
    return isOwn ? !network.verdict('egress', pod, dns, port).allowed : !rules.some((rule) => rule.opens(port, dns));
  });
}
