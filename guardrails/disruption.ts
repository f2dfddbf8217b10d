import type { Field } from './field.ts';
import { oncePerPlatform } from './memo.ts';
import type { Platform } from './platform.ts';
import type { Resource } from './resource.ts';
import { shareOf } from './share.ts';
import type { Workload } from './workload.ts';

/** The PodDisruptionBudgets that select the pods of a workload. */
export function budgetsOf(platform: Platform, workload: Workload): readonly Resource[] {
  const budgets = byNamespace(platform).get(workload.namespace) ?? [];
  return budgets.filter((budget) => workload.isSelectedBy(budget.at('spec', 'selector')));
}

const byNamespace = oncePerPlatform((platform) => {
  const index = new Map<string, Resource[]>();
  for (const budget of platform.ofKind('PodDisruptionBudget')) {
    index.set(budget.namespace, [...(index.get(budget.namespace) ?? []), budget]);
  }
  return index;
});

/** Pods of so many that a budget lets a drain take at once; undefined when it says nothing that can be read. */
export function allowedDisruptions(
  budget: Resource,
  pods: number,
): { readonly allowed: number; readonly at: Field } | undefined {
  const keep = budget.at('spec', 'minAvailable');
  const kept = shareOf(keep, pods, 'up');
  if (keep.exists) return kept === undefined ? undefined : { allowed: Math.max(0, pods - kept), at: keep };
  const take = budget.at('spec', 'maxUnavailable');
  const taken = shareOf(take, pods, 'up');
  return taken === undefined ? undefined : { allowed: taken, at: take };
}
