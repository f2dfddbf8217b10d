import { parseQuantity } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';

export const requestsWithinLimits: Rule = {
  id: 'requests-within-limits',
  title: 'No container requests more than its limit',
  rationale: 'The API server refuses the pods, so the Deployment exists and none of its pods does.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#requests-and-limits',
  *check(platform) {
    for (const { containers } of platform.workloads) {
      for (const { field } of containers) {
        for (const [name, at] of field.at('resources', 'requests').entries) {
          const limit = field.at('resources', 'limits', name);
          const [asked, most] = [parseQuantity(at.value), parseQuantity(limit.value)];
          if (asked === undefined || most === undefined || asked <= most) continue;
          yield {
            at,
            message: `requests ${name} ${String(at.value)}, above its limit of ${String(limit.value)}`,
            fix: 'Lower the request or raise the limit.',
          };
        }
      }
    }
  },
};
