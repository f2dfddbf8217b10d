import { PROMISES } from '../../annotations.ts';
import type { Rule } from '../../rule.ts';

const LABEL = 'pod-security.kubernetes.io/enforce';

export const podSecurityEnforced: Rule = {
  id: 'pod-security-enforced',
  title: 'Where Pod Security is promised, every namespace enforces the restricted Pod Security standard',
  rationale:
    'The manifests may be as strict as they like: without the label any other pod in the namespace may run as root on the node.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  *check(platform) {
    for (const environment of platform.environments) {
      for (const namespace of environment.promises(PROMISES.podSecurity) ? environment.namespaces : []) {
        const at = namespace.at('metadata', 'labels', LABEL);
        if (at.text === 'restricted') continue;
        yield {
          at,
          message: `environment ${environment.name} enforces ${at.text ?? 'no Pod Security standard'} here`,
          fix: `Label the namespace ${LABEL}: restricted.`,
        };
      }
    }
  },
};
