import type { Rule } from '../../rule.ts';
import { missingUnlessBrought } from './missing.ts';

export const priorityClassExists: Rule = {
  id: 'priority-class-exists',
  title: 'Every priority class that a pod names exists',
  rationale:
    'Pods of a priority class that does not exist are refused: the Deployment is there and none of its pods is.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#pod-priority',
  *check(platform) {
    for (const { pod } of platform.workloads) {
      const at = pod.at('priorityClassName');
      if (at.text === undefined || at.text.startsWith('system-') || platform.find('PriorityClass', '', at.text))
        continue;
      yield missingUnlessBrought(platform, { at, kind: 'PriorityClass', namespace: '', name: at.text });
    }
  },
};
