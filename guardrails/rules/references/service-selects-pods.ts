import { unlessOthersRunPods } from '../../pods-of-others.ts';
import type { Rule } from '../../rule.ts';
import { formatLabels } from '../../selector.ts';

/** A Service without a selector is left alone: somebody else writes its endpoints. */
export const serviceSelectsPods: Rule = {
  id: 'service-selects-pods',
  title: 'Every Service with a selector selects pods',
  rationale:
    'A Service that selects nothing has no endpoints: every connection to it is refused, and nothing else says so.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      const selector = service.at('spec', 'selector');
      if (selector.entries.length === 0 || platform.selectedBy(service).length > 0) continue;
      yield unlessOthersRunPods(platform, {
        at: selector,
        message: `selects ${formatLabels(selector.texts)}, which no pod in namespace ${service.namespace} carries`,
        fix: 'Give the selector the labels of the pods that it means, or remove the Service.',
      });
    }
  },
};
