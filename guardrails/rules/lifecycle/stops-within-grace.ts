import type { Rule } from '../../rule.ts';
import { drainSeconds, graceSeconds, preStopSeconds } from '../../stopping.ts';

export const stopsWithinGrace: Rule = {
  id: 'stops-within-grace',
  title: "A pod's preStop hook and drain end before its grace period",
  rationale:
    'The grace period counts from the start of the preStop hook; when it is over the process is killed with its requests in flight.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  *check(platform) {
    for (const workload of platform.workloads) {
      const grace = graceSeconds(workload);
      const drain = drainSeconds(workload) ?? 0;
      for (const container of workload.running) {
        const hook = preStopSeconds(container);
        if (hook + drain === 0 || hook + drain < grace) continue;
        const sum =
          hook > 0 && drain > 0
            ? `preStop ${hook} s + drain ${drain} s = ${hook + drain} s`
            : hook > 0
              ? `preStop ${hook} s`
              : `drain ${drain} s`;
        yield {
          at: workload.pod.at('terminationGracePeriodSeconds'),
          message: `${sum} of container ${container.name} does not end within the grace period of ${grace} s`,
          fix: `Set terminationGracePeriodSeconds above ${hook + drain}, or shorten the hook or the drain.`,
        };
      }
    }
  },
};
