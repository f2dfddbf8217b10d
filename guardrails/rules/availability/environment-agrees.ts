import { NAMESPACE } from '../../annotations.ts';
import type { Rule } from '../../rule.ts';

export const environmentAgrees: Rule = {
  id: 'environment-agrees',
  title: 'The namespaces of one environment declare the same budget and promises',
  rationale:
    'They share the nodes: where they disagree about them, capacity is proven against a figure that is not true.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  *check(platform) {
    const shared = Object.entries(NAMESPACE).filter(([name]) => name.startsWith('budget'));
    for (const { name, namespaces } of platform.environments) {
      for (const [, key] of shared) {
        const [first, ...others] = namespaces.filter(({ annotations }) => annotations[key] !== undefined);
        for (const other of others) {
          if (!first || other.annotations[key] === first.annotations[key]) continue;
          yield {
            at: other.annotation(key),
            message: `environment ${name} has ${other.annotations[key]} here, but ${first.annotations[key]} in ${first}`,
            fix: 'Declare the same in both, or in one of them only.',
          };
        }
      }
    }
  },
};
