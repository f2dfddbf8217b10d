import { probeFigure } from '../../probes.ts';
import type { Rule } from '../../rule.ts';

export const probeTiming: Rule = {
  id: 'probe-timing',
  title: 'A probe times out within its period',
  rationale:
    'A probe that may last longer than its period notices a dead process later than its figures say: a period times its failures no longer is the time to detect.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.containers) {
        for (const [name, probe] of container.probes) {
          const timeout = probeFigure(probe, 'timeoutSeconds');
          const period = probeFigure(probe, 'periodSeconds');
          if (timeout <= period) continue;
          yield {
            at: probe.at('timeoutSeconds'),
            message: `${name} of container ${container.name} may take ${timeout} s, but is due every ${period} s`,
            fix: `Set timeoutSeconds to ${period} at most.`,
            severity: platform.environmentOf(workload.namespace) ? 'error' : 'note',
          };
        }
      }
    }
  },
};
