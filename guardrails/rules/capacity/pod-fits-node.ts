import { exceeds, formatOf } from '../../demand.ts';
import { limitRangeDefaults } from '../../limit-range.ts';
import { podFigure } from '../../pod-resources.ts';
import type { Rule } from '../../rule.ts';

export const podFitsNode: Rule = {
  id: 'pod-fits-node',
  title: 'Every pod fits one node of its environment',
  rationale: 'A pod that asks for more than any node has stays Pending for ever, however many nodes there are.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#my-pods-are-pending-with-event-message-failedscheduling',
  *check(platform) {
    for (const workload of platform.workloads) {
      const budget = platform.environmentOf(workload.namespace)?.budget;
      if (!budget) continue;
      const rows = [
        ['cpu', budget.cpu],
        ['memory', budget.memory],
        ['ephemeral-storage', budget.ephemeralStorage],
      ] as const;
      for (const [resource, bound] of rows) {
        const asked = podFigure(workload, 'requests', resource, limitRangeDefaults(platform, workload.namespace));
        if (bound === undefined || !exceeds(asked, bound)) continue;
        const format = formatOf(resource);
        yield {
          at: workload.pod,
          message: `a pod requests ${format(asked)} of ${resource}, more than the ${format(bound)} of one node`,
          fix: 'Lower the requests of its containers, or take larger nodes.',
        };
      }
    }
  },
};
