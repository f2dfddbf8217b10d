import { callsOf } from '../../network/call-edges.ts';
import { clusterDns, networkOf, podOf } from '../../network/read-network.ts';
import type { Rule } from '../../rule.ts';

const DNS_PORT = 53;

/** Elsewhere than at home any rule for port 53 will do: DNS may be a node-local cache or have other labels. Answers over 512 bytes need TCP too. */
export const namesResolve: Rule = {
  id: 'names-resolve',
  title: 'A pod that calls others by name may ask the DNS',
  rationale: 'A policy for egress denies DNS too: every call then fails with a name that cannot be resolved.',
  severity: 'error',
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
