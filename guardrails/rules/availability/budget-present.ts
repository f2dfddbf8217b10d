import { PROMISES } from '../../annotations.ts';
import { budgetsOf } from '../../disruption.ts';
import { podCount } from '../../pod-count.ts';
import type { Rule } from '../../rule.ts';

export const budgetPresent: Rule = {
  id: 'budget-present',
  title: 'Where availability is promised, several pods have a disruption budget',
  rationale: 'Without a budget a drain of two nodes may take every pod of a service at once.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      const { floor } = podCount(platform, workload);
      if (!['Deployment', 'StatefulSet'].includes(workload.kind) || floor < 2) continue;
      if (budgetsOf(platform, workload).length > 0) continue;
      yield {
        at: workload.resource.at('metadata', 'name'),
        message: `has ${floor} pods or more, and no PodDisruptionBudget selects them`,
        fix: `Add one that keeps ${floor - 1} at most.`,
      };
    }
  },
};
