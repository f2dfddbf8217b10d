import { PROMISES } from '../../annotations.ts';
import type { Rule } from '../../rule.ts';

export const noLiteralSecret: Rule = {
  id: 'no-literal-secret',
  title: 'Where secrets are managed, no Secret stands in the manifests',
  rationale: 'Base64 is no encryption: a Secret in git is a password in git.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  *check(platform) {
    for (const secret of platform.ofKind('Secret')) {
      if (!platform.environmentOf(secret.namespace)?.promises(PROMISES.managedSecrets)) continue;
      const data = ['data', 'stringData'].map((key) => secret.at(key)).find(({ entries }) => entries.length > 0);
      if (!data) continue;
      yield {
        at: data,
        message: `holds ${data.entries.map(([key]) => key).join(', ')} in the open`,
        fix: 'Let an ExternalSecret bring it, and change the values that stood here.',
      };
    }
  },
};
