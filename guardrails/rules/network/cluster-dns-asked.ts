import { callsOf } from '../../network/call-edges.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const clusterDnsAsked: Rule = {
  id: 'cluster-dns-asked',
  title: 'A pod that calls Services by name asks the DNS of the cluster',
  rationale: "The node's own resolver does not know Services: every call fails with a name that cannot be resolved.",
  severity: 'error',
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
