import type { Rule } from '../../rule.ts';

export const nothingAtZero: Rule = {
  id: 'nothing-at-zero',
  title: 'No workload of a declared environment is scaled to nothing',
  rationale: 'Zero replicas is an outage that every dashboard shows as green: nothing fails, because nothing runs.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (workload.replicas !== 0 || !platform.environmentOf(workload.namespace)) continue;
      yield {
        at: workload.resource.at('spec', 'replicas'),
        message: 'runs no pod at all',
        fix: 'Set replicas, or remove the workload.',
      };
    }
  },
};
