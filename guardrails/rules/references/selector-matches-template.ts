import type { Rule } from '../../rule.ts';
import { formatLabels, matchesSelector } from '../../selector.ts';

const OWNERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

export const selectorMatchesTemplate: Rule = {
  id: 'selector-matches-template',
  title: 'Every workload selects the pods of its own template',
  rationale: 'The API server refuses the workload.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template',
  *check(platform) {
    for (const { kind, selector, labels } of platform.workloads) {
      if (!OWNERS.includes(kind) || !selector.exists || matchesSelector(selector, labels)) continue;
      const wanted = formatLabels(selector.at('matchLabels').texts);
      yield {
        at: selector,
        message: `selects ${wanted || 'by expressions'}, but the template's labels are ${formatLabels(labels) || 'none'}`,
        fix: 'Give the template the labels that the selector asks for.',
      };
    }
  },
};
