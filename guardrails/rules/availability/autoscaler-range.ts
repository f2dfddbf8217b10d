import { autoscalersOf } from '../../autoscaler.ts';
import type { Rule } from '../../rule.ts';

export const autoscalerRange: Rule = {
  id: 'autoscaler-range',
  title: "An autoscaler's floor is below its ceiling",
  rationale: 'With the floor at the ceiling nothing scales, and above it the API server refuses the object.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const { floor, ceiling, ceilingAt } of autoscalersOf(platform, workload)) {
        if (floor < ceiling) continue;
        yield {
          at: ceilingAt,
          message: `floor ${floor} is ${floor === ceiling ? 'the ceiling' : `above the ceiling ${ceiling}`}`,
          fix: 'Raise the ceiling above the floor, or fix the replicas and remove the autoscaler.',
          severity: floor > ceiling ? 'error' : 'warning',
        };
      }
    }
  },
};
