import { accountOf, bindingsOf, mountsToken, projectsToken } from '../../identity.ts';
import type { Rule } from '../../rule.ts';

export const tokenWhereUsed: Rule = {
  id: 'token-where-used',
  title: 'A token for the Kubernetes API is mounted where the API is used, and only there',
  rationale:
    'A token is a way into the API for who takes over the pod; a pod that needs one and has none fails at its first call.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
  *check(platform) {
    for (const workload of platform.workloads) {
      const rights = bindingsOf(platform, workload);
      const mounted = mountsToken(platform, workload);
      const own = platform.environmentOf(workload.namespace) !== undefined;
      const at = workload.pod.at('automountServiceAccountToken');
      if (own && mounted && rights.length === 0) {
        yield {
          at,
          message: `mounts the token of service account ${accountOf(workload)}, to which no binding gives rights`,
          fix: 'Set automountServiceAccountToken to false.',
        };
      }
      const [binding] = rights;
      if (!binding || mounted || projectsToken(workload)) continue;
      yield {
        at,
        message: `${binding} gives rights to service account ${accountOf(workload)}, but its token is not mounted`,
        fix: 'Set automountServiceAccountToken to true for this pod, or remove the binding.',
        severity: own ? 'error' : 'note',
      };
    }
  },
};
