import { PROMISES } from '../../annotations.ts';
import type { Rule } from '../../rule.ts';

const FIGURES = ['requests.cpu', 'requests.memory', 'limits.memory'] as const;

export const figuresPresent: Rule = {
  id: 'figures-present',
  title: 'Where availability is promised, every container names what it needs',
  rationale:
    'A container without figures of its own takes the default of the namespace, is evicted first, and makes every sum about the nodes wrong.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      for (const { field, name } of workload.containers) {
        const missing = FIGURES.filter((figure) => !field.at('resources', ...figure.split('.')).exists);
        if (missing.length === 0) continue;
        yield {
          at: field.at('resources'),
          message: `container ${name} names no ${missing.join(', ')}`,
          fix: "Give it what was measured: a default of the namespace is nobody's figure.",
        };
      }
    }
  },
};
