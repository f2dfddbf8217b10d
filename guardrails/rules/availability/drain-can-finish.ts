import { allowedDisruptions, budgetsOf } from '../../disruption.ts';
import { podCount } from '../../pod-count.ts';
import type { Rule } from '../../rule.ts';

export const drainCanFinish: Rule = {
  id: 'drain-can-finish',
  title: 'A disruption budget lets a drain take at least one pod at the floor',
  rationale:
    'A budget that allows no disruption makes `kubectl drain` wait for ever: no node can be upgraded or removed while the load is low.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#think-about-how-your-application-reacts-to-disruptions',
  *check(platform) {
    for (const budget of platform.ofKind('PodDisruptionBudget')) {
      const at = budget.at('spec', 'maxUnavailable').exists
        ? budget.at('spec', 'maxUnavailable')
        : budget.at('spec', 'minAvailable');
      const never = at.path.at(-1) === 'maxUnavailable' ? ['0', '0%'] : ['100%'];
      const isKnown = platform
        .workloadsIn(budget.namespace)
        .some((one) => one.isSelectedBy(budget.at('spec', 'selector')));
      if (!isKnown && never.includes(at.scalar ?? '')) {
        const message = `${String(at.path.at(-1))} ${at.scalar} allows no disruption, however many pods there are`;
        yield { at, message, fix: 'Let a drain take one pod: maxUnavailable: 1.' };
      }
    }
    for (const workload of platform.workloads) {
      const { floor } = podCount(platform, workload);
      if (floor === 0 || !workload.isLongRunning || workload.kind === 'DaemonSet') continue;
      for (const budget of budgetsOf(platform, workload)) {
        const disruptions = allowedDisruptions(budget, floor);
        if (!disruptions || disruptions.allowed > 0) continue;
        yield {
          at: disruptions.at,
          message: `${String(disruptions.at.path.at(-1))} ${disruptions.at.scalar} allows no disruption of the ${floor} pods that ${workload} has at its floor`,
          fix:
            floor > 1
              ? `Keep ${floor - 1} at most, or raise the floor.`
              : 'Raise the floor to 2, or remove the budget.',
        };
      }
    }
  },
};
