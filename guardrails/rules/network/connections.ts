import { PROMISES } from '../../annotations.ts';
import { callsOf, declaredEdges, type Edge, routesOf } from '../../network/edges.ts';
import { clusterDns, edgeController, type Network, networkOf, podOf } from '../../network/network.ts';
import type { Direction, PodEndpoint, PolicyRule, TransportPort } from '../../network/policy.ts';
import type { Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

const declaredEdgesAllowed: Rule = {
  id: 'declared-edges-allowed',
  title: 'The policies let through every connection that the manifests declare, at both ends',
  rationale:
    'A connection that a policy drops does not fail, it hangs until a timeout; and nothing in the cluster says which policy it was.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
  *check(platform) {
    const seen = new Set<string>();
    for (const edge of declaredEdges(platform)) {
      const key = `${edge.from.name} ${edge.to.name} ${edge.ports.map(({ number }) => number)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield* dropped(platform, edge);
    }
    yield* routes(platform);
  },
};

function* dropped(platform: Platform, { from, to, ports, at, by }: Edge): Iterable<Problem> {
  const network = networkOf(platform);
  for (const direction of ['egress', 'ingress'] as const satisfies readonly Direction[]) {
    const verdicts = ports.map((port) => network.verdict(direction, from, to, port));
    if (verdicts.some(({ allowed }) => allowed)) continue;
    const policies = [...new Set(verdicts.flatMap((verdict) => verdict.policies.map(({ resource }) => resource.name)))];
    const own = direction === 'egress' ? from : to;
    const numbers = ports.map(({ number }) => number).join(' or ');
    yield {
      at,
      message: `${from.name} calls ${to.name} on port ${numbers} (${by}), but no ${direction} rule of ${own.name} lets it (${policies.join(', ')})`,
      fix: `Add an ${direction} rule for port ${numbers} to a policy of ${own.name}, or remove the call.`,
    };
  }
}

/** Where nobody says which pods bring the requests, it is enough that somebody may reach the port. */
function* routes(platform: Platform): Iterable<Problem> {
  const network = networkOf(platform);
  for (const { to, ports, at, by } of routesOf(platform)) {
    const pod = podOf(platform, to);
    if (!pod || edgeController(platform, to.namespace)) continue;
    const policies = network.policiesOf(pod, 'ingress');
    const open = policies.some(({ rules }) =>
      (rules.ingress ?? []).some((rule) => ports.some((port) => rule.opens(port, pod))),
    );
    if (policies.length === 0 || open || ports.length === 0) continue;
    const numbers = ports.map(({ number }) => number).join(' or ');
    yield {
      at,
      message: `${by} leads to ${pod.name} on port ${numbers}, but no ingress rule opens that port (${policies.map(({ resource }) => resource.name).join(', ')})`,
      fix: `Let the pods of the ingress controller in on port ${numbers}.`,
    };
  }
}

const undeclaredEdgesDenied: Rule = {
  id: 'undeclared-edges-denied',
  title: 'Where isolation is promised, the policies let no pod reach another that it does not call',
  rationale: 'Each way that nobody uses is a way on for who has taken over one pod.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  *check(platform) {
    const network = networkOf(platform);
    const declared = new Set(
      declaredEdges(platform).flatMap(({ from, to, ports }) => ports.map((port) => key(from, to, port))),
    );
    for (const to of network.pods.filter((pod) => isIsolated(platform, pod))) {
      const policies = network.policiesOf(to, 'ingress');
      const rules = policies.flatMap((policy) => policy.rules.ingress ?? []);
      // Most pods of a large platform are named by no rule of most others: only the rest are asked port by port.
      const isNamed = (from: PodEndpoint) => policies.length === 0 || rules.some((rule) => letsIn(rule, from));
      for (const from of network.pods) if (from !== to && isNamed(from)) yield* undeclared(network, from, to, declared);
    }
  },
};

function letsIn({ peers }: PolicyRule, from: PodEndpoint): boolean {
  return peers.length === 0 || peers.some((peer) => peer.matches(from));
}

function isIsolated(platform: Platform, pod: PodEndpoint): boolean {
  return platform.environmentOf(pod.namespace)?.promises(PROMISES.isolation) ?? false;
}

function* undeclared(
  network: Network,
  from: PodEndpoint,
  to: PodEndpoint,
  declared: ReadonlySet<string>,
): Iterable<Problem> {
  for (const port of portsOf(to)) {
    if (declared.has(key(from, to, port)) || !network.allows(from, to, port)) continue;
    const { rules } = network.verdict('ingress', from, to, port);
    const [rule] = rules.length > 0 ? rules : network.verdict('egress', from, to, port).rules;
    const at = rule?.at ?? to.workload?.resource.at('metadata', 'name');
    if (!at) continue;
    yield {
      at,
      message: `${from.name} may reach ${to.name} on port ${port.number}, but nothing says that it calls it`,
      fix: 'Narrow the rule to the pods and ports that call, or declare the call (a URL in its environment, or its annotation guardrails/connects-to).',
    };
  }
}

/** The ports that a pod says it has. */
function portsOf({ workload }: PodEndpoint): readonly TransportPort[] {
  const ports = (workload?.running ?? []).flatMap((container) => container.ports);
  return ports.flatMap(({ number, protocol }) => (number === undefined ? [] : [{ number, protocol }]));
}

function key(from: PodEndpoint, to: PodEndpoint, port: TransportPort): string {
  return `${from.name} ${to.name} ${port.protocol} ${port.number}`;
}

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

const defaultDeny: Rule = {
  id: 'default-deny',
  title: 'Where isolation is promised, each namespace denies all traffic that no policy allows',
  rationale:
    'A pod that no policy selects may talk to everybody; a default deny covers the pods that nobody has thought of.',
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

const clusterDnsAsked: Rule = {
  id: 'cluster-dns-asked',
  title: 'A pod that calls Services by name asks the DNS of the cluster',
  rationale: "The node's own resolver does not know Services: every call fails with a name that cannot be resolved.",
  docs: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy',
  *check(platform) {
    const callers = new Map(
      callsOf(platform)
        .filter(({ service }) => service)
        .map((call) => [call.workload, call] as const),
    );
    for (const [workload, { address, by }] of callers) {
      const wrong = asksElsewhere(workload);
      if (wrong === undefined) continue;
      yield {
        at: workload.pod.at('dnsPolicy'),
        message: `${wrong}, but ${workload} calls ${address.host} by name (${by})`,
        fix: `Set dnsPolicy: ${workload.pod.at('hostNetwork').flag ? 'ClusterFirstWithHostNet' : 'ClusterFirst'}.`,
      };
    }
  },
};

/** Why its names go to another resolver. Servers of its own (dnsConfig) may well be those of the cluster. */
function asksElsewhere({ pod }: Workload): string | undefined {
  const policy = pod.at('dnsPolicy').text ?? 'ClusterFirst';
  if (pod.at('dnsConfig', 'nameservers').items.length > 0) return undefined;
  if (policy === 'Default' || policy === 'None') return `dnsPolicy is ${policy}`;
  const onHost = policy === 'ClusterFirst' && pod.at('hostNetwork').flag === true;
  return onHost ? 'on the network of the node dnsPolicy ClusterFirst means Default' : undefined;
}

const DNS_PORT = 53;

/** Elsewhere than at home any rule for port 53 will do: DNS may be a node-local cache or have other labels. Answers over 512 bytes need TCP too. */
const namesResolve: Rule = {
  id: 'names-resolve',
  title: 'A pod that calls others by name may ask the DNS',
  rationale: 'A policy for egress denies DNS too: every call then fails with a name that cannot be resolved.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic',
  *check(platform) {
    const network = networkOf(platform);
    const dns = clusterDns(platform);
    const callers = new Map(
      callsOf(platform)
        .filter(({ service }) => service)
        .map((call) => [call.workload, call] as const),
    );
    for (const [workload, call] of callers) {
      const pod = podOf(platform, workload);
      if (!pod || network.policiesOf(pod, 'egress').length === 0) continue;
      const own = platform.environmentOf(workload.namespace) !== undefined;
      const rules = network.policiesOf(pod, 'egress').flatMap((policy) => policy.rules.egress ?? []);
      const denied = ['UDP', ...(own ? ['TCP'] : [])].filter((protocol) => {
        const port = { protocol, number: DNS_PORT };
        return own ? !network.verdict('egress', pod, dns, port).allowed : !rules.some((rule) => rule.opens(port, dns));
      });
      if (denied.length === 0) continue;
      yield {
        at: call.at,
        message: `${workload} calls ${call.address.host} by name (${call.by}), but no policy lets it ask the DNS over ${denied.join(' and ')}`,
        fix: 'Add an egress rule to the pods with k8s-app: kube-dns in kube-system, port 53, UDP and TCP.',
      };
    }
  },
};

export const connectionsRules: readonly Rule[] = [
  declaredEdgesAllowed,
  undeclaredEdgesDenied,
  defaultDeny,
  clusterDnsAsked,
  namesResolve,
];
