import { probeFigure } from '../../probes.ts';
import type { Rule } from '../../rule.ts';

/** A Deployment's progress deadline when it names none. */
const DEFAULT_DEADLINE_SECONDS = 600;

export const startsWithinDeadline: Rule = {
  id: 'starts-within-deadline',
  title: 'The time that a startup probe allows is shorter than the progress deadline',
  rationale: 'A rollout is declared failed while its pods may still be starting as slowly as their probe allows.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (workload.kind !== 'Deployment') continue;
      const spec = workload.resource.at('spec');
      const deadline = spec.at('progressDeadlineSeconds').number ?? DEFAULT_DEADLINE_SECONDS;
      const minReady = spec.at('minReadySeconds').number ?? 0;
      if (minReady >= deadline) {
        yield {
          at: spec.at('minReadySeconds'),
          message: `minReadySeconds ${minReady} is not below the progress deadline of ${deadline} s`,
          fix: `Set progressDeadlineSeconds above ${minReady}.`,
        };
      }
      for (const container of workload.running) {
        for (const [name, probe] of container.probes) {
          if (name !== 'startupProbe') continue;
          const budget =
            probeFigure(probe, 'initialDelaySeconds') +
            probeFigure(probe, 'periodSeconds') * probeFigure(probe, 'failureThreshold');
          if (budget + minReady < deadline || minReady >= deadline) continue;
          yield {
            at: probe,
            message: `container ${container.name} may take ${budget} s to start${minReady > 0 ? ` and ${minReady} s to count as ready` : ''}, but the progress deadline is ${deadline} s`,
            fix: `Set progressDeadlineSeconds above ${budget + minReady}, or shorten the startup probe.`,
          };
        }
      }
    }
  },
};
