import type { Problem } from '../../finding.ts';
import { declaredEdges } from '../../network/declared-edges.ts';
import type { Edge } from '../../network/edge.ts';
import type { Direction } from '../../network/policy.ts';
import { edgeController, networkOf, podOf } from '../../network/read-network.ts';
import { routesOf } from '../../network/route-edges.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

export const declaredEdgesAllowed: Rule = {
  id: 'declared-edges-allowed',
  title: 'The policies let through every connection that the manifests declare, at both ends',
  rationale:
    'A connection that a policy drops does not fail, it hangs until a timeout; and nothing in the cluster says which policy it was.',
  severity: 'error',
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
