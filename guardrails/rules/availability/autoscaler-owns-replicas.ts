import { autoscalersOf } from '../../autoscaler.ts';
import type { Rule } from '../../rule.ts';

export const autoscalerOwnsReplicas: Rule = {
  id: 'autoscaler-owns-replicas',
  title: 'What an autoscaler scales fixes no replicas',
  rationale: 'Each apply sets the replicas back to the fixed number, in the middle of a peak.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling',
  *check(platform) {
    for (const workload of platform.workloads) {
      const [first] = autoscalersOf(platform, workload);
      if (!first) continue;
      const replicas = workload.resource.at('spec', 'replicas');
      if (replicas.exists) {
        yield {
          at: replicas,
          message: `fixes ${replicas.scalar} replicas, but ${first.resource} sets them between ${first.floor} and ${first.ceiling}`,
          fix: 'Remove spec.replicas.',
        };
      }
    }
  },
};
