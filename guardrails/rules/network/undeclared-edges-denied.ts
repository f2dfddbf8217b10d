import { PROMISES } from '../../annotations.ts';
import type { Problem } from '../../finding.ts';
import { declaredEdges } from '../../network/declared-edges.ts';
import type { PodEndpoint, TransportPort } from '../../network/endpoint.ts';
import type { Network } from '../../network/network.ts';
import { networkOf } from '../../network/read-network.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

export const undeclaredEdgesDenied: Rule = {
  id: 'undeclared-edges-denied',
  title: 'Where isolation is promised, the policies let no pod reach another that it does not call',
  rationale: 'Each way that nobody uses is a way on for who has taken over one pod.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  *check(platform) {
    const network = networkOf(platform);
    const declared = new Set(
      declaredEdges(platform).flatMap(({ from, to, ports }) => ports.map((port) => key(from, to, port))),
    );
    for (const to of network.pods.filter((pod) => isIsolated(platform, pod))) {
      for (const from of network.pods) {
        if (from !== to) yield* undeclared(network, from, to, declared);
      }
    }
  },
};

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
