import type { Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';
import { missing } from './missing.ts';
import { podReferences } from './pod-references.ts';

/** Every namespace gets it from the cluster. */
const BY_THE_CLUSTER = 'kube-root-ca.crt';

export const configExists: Rule = {
  id: 'config-exists',
  title: 'Every ConfigMap that a pod uses exists, with the keys it asks for',
  rationale: 'The pod waits in CreateContainerConfigError or ContainerCreating for ever, and a rollout stops half-way.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const { kind, at, name, keys, optional } of podReferences(workload)) {
        if (kind !== 'ConfigMap' || optional || name === BY_THE_CLUSTER) continue;
        const config = platform.find('ConfigMap', workload.namespace, name);
        if (!config) {
          yield missing(platform, { at, kind, namespace: workload.namespace, name });
          continue;
        }
        const known = [...config.at('data').entries, ...config.at('binaryData').entries].map(([key]) => key);
        for (const key of keys) {
          if (key.text === undefined || known.includes(key.text)) continue;
          const meant = suggest(key.text, known);
          yield {
            at: key,
            message: `${config} has no key ${key.text}: it has ${known.join(', ') || 'none'}`,
            fix: meant === undefined ? 'Name a key that it has.' : `Did you mean ${meant}?`,
          };
        }
      }
    }
  },
};
