import { unlessOthersRunPods } from '../../pods-of-others.ts';
import type { Rule } from '../../rule.ts';
import { formatLabels } from '../../selector.ts';

export const budgetSelectsPods: Rule = {
  id: 'budget-selects-pods',
  title: 'Every disruption budget selects pods, and no pod has two',
  rationale:
    'A budget that selects nothing protects nothing; a pod under two budgets cannot be evicted at all, so its node cannot be drained.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget',
  *check(platform) {
    const taken = new Map<unknown, string>();
    for (const budget of platform.ofKind('PodDisruptionBudget')) {
      const selector = budget.at('spec', 'selector');
      const workloads = platform.workloadsIn(budget.namespace).filter((workload) => workload.isSelectedBy(selector));
      if (workloads.length === 0) {
        const labels = formatLabels(selector.at('matchLabels').texts);
        yield unlessOthersRunPods(platform, {
          at: selector,
          message: `selects ${labels || 'by its selector'}, which no pod in namespace ${budget.namespace} carries`,
          fix: 'Give the selector the labels of the pods that it is to protect, or remove the budget.',
        });
      }
      for (const workload of workloads) {
        const other = taken.get(workload);
        if (other !== undefined)
          yield { at: selector, message: `selects the pods of ${workload}, as ${other} does`, fix: 'Keep one budget.' };
        taken.set(workload, budget.name);
      }
    }
  },
};
