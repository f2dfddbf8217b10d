import type { ResourceName } from '../../container.ts';
import { arithmetic, demandOf, exceeds, formatOf, podsOf, type Summand, total, whatToLower } from '../../demand.ts';
import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import { parseQuantity } from '../../quantity.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';

const KEY = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/;

/** A quota with scopes counts some pods only; it is left alone. */
export const quotaAdmitsPeak: Rule = {
  id: 'quota-admits-peak',
  title: "A namespace's quota admits what its workloads may ask for at their peak",
  rationale:
    'Above the quota the API server refuses pods: an autoscaler stops short of its ceiling, a rollout hangs, exactly when load is highest.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  *check(platform) {
    for (const quota of platform.ofKind('ResourceQuota')) {
      if (quota.at('spec', 'scopes').exists || quota.at('spec', 'scopeSelector').exists) continue;
      for (const [key, hard] of quota.at('spec', 'hard').entries) yield* overrun(platform, quota, key, hard);
    }
  },
};

function* overrun(platform: Platform, quota: Resource, key: string, hard: Field): Iterable<Problem> {
  const bound = parseQuantity(hard.value);
  const workloads = platform.workloadsIn(quota.namespace);
  const match = KEY.exec(key);
  const resource: ResourceName =
    match?.[2] === 'cpu' ? 'cpu' : match?.[2] === 'memory' ? 'memory' : 'ephemeral-storage';
  const isPods = key === 'pods' || key === 'count/pods';
  if (bound === undefined || (!match && !isPods)) return;
  const figure = match?.[1] === 'limits' ? 'limits' : 'requests';
  const summands: readonly Summand[] = isPods
    ? podsOf(platform, workloads)
    : demandOf(platform, workloads, figure, resource);
  const format = isPods ? String : formatOf(resource);
  const sum = total(summands);
  if (!exceeds(sum, bound)) return;
  yield {
    at: hard,
    message: `${key} may reach ${arithmetic(summands, format)} = ${format(sum)} > ${format(bound)}`,
    fix: `${whatToLower(platform, summands)}, or raise ${key}.`,
  };
}
