import type { Rule } from '../../rule.ts';

const FOR_THOSE_THAT_STAY = ['startupProbe', 'livenessProbe', 'readinessProbe', 'lifecycle'];

export const initContainers: Rule = {
  id: 'init-containers',
  title: 'An init container that ends has no probes and no hooks',
  rationale:
    'The API server refuses the pod: there is nothing to probe in what runs once. Only sidecars may have them.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#differences-from-regular-containers',
  *check(platform) {
    for (const { containers } of platform.workloads) {
      for (const { field, name } of containers.filter(({ role }) => role === 'init')) {
        for (const key of FOR_THOSE_THAT_STAY) {
          if (!field.at(key).exists) continue;
          yield {
            at: field.at(key),
            message: `init container ${name} runs once, but has a ${key}`,
            fix: 'Remove it, or make the container a sidecar with restartPolicy: Always.',
          };
        }
      }
    }
  },
};
