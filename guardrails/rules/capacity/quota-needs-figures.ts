import { limitRangeDefaults } from '../../limit-range.ts';
import { containerFigure, type Figure } from '../../pod-resources.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';

/** Only these two must be named by every container; a quota of ephemeral storage admits pods that are silent about it. */
const RESOURCES = ['cpu', 'memory'] as const;

export const quotaNeedsFigures: Rule = {
  id: 'quota-needs-figures',
  title: 'Where a quota counts requests or limits, every container names them',
  rationale:
    'The API server refuses each pod of such a namespace that does not say what it asks for: the workload stays at zero pods.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/#compute-resource-quota',
  *check(platform) {
    for (const quota of platform.ofKind('ResourceQuota')) {
      if (quota.at('spec', 'scopes').exists || quota.at('spec', 'scopeSelector').exists) continue;
      const defaults = limitRangeDefaults(platform, quota.namespace);
      for (const [figure, resource, key] of counted(quota)) {
        for (const container of platform.workloadsIn(quota.namespace).flatMap(({ containers }) => containers)) {
          if (containerFigure(container, figure, resource, defaults) !== undefined) continue;
          yield {
            at: container.field.at('resources'),
            message: `container ${container.name} has no ${figure}.${resource}, which ResourceQuota ${quota.name} counts as ${key}`,
            fix: `Give it resources.${figure}.${resource}, or a default in a LimitRange of namespace ${quota.namespace}.`,
          };
        }
      }
    }
  },
};

function counted(quota: Resource): readonly (readonly [Figure, (typeof RESOURCES)[number], string])[] {
  const hard = new Set(quota.at('spec', 'hard').entries.map(([key]) => key));
  return RESOURCES.flatMap((resource) => {
    const requests = [`requests.${resource}`, resource].find((key) => hard.has(key));
    const limits = `limits.${resource}`;
    return [
      ...(requests === undefined ? [] : [['requests', resource, requests] as const]),
      ...(hard.has(limits) ? [['limits', resource, limits] as const] : []),
    ];
  });
}
