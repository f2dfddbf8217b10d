import { PROMISES, WORKLOAD } from '../../annotations.ts';
import { parseDuration } from '../../duration.ts';
import { podCount } from '../../pod-count.ts';
import type { Rule } from '../../rule.ts';

export const noSingleReplica: Rule = {
  id: 'no-single-replica',
  title: 'Where availability is promised, nothing runs as a single pod unless its outage is accepted',
  rationale:
    'Each drain, each crash and each node failure takes the only pod: what hangs on it is down until another has started.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.availability)) continue;
      const { floor, ceilingAt } = podCount(platform, workload);
      if (workload.replicas === undefined || floor > 1) continue;
      const accepted = workload.resource.annotations[WORKLOAD.acceptedOutage];
      const [duration, reason] = (accepted ?? '').split(/:(.*)/s).map((part) => part.trim());
      if (parseDuration(duration) !== undefined && reason) continue;
      yield accepted === undefined
        ? {
            at: ceilingAt.exists ? ceilingAt : workload.resource.at('spec'),
            message: `may run as ${floor === 0 ? 'no pod' : 'a single pod'} in an environment that promises availability`,
            fix: `Raise the replicas (or the autoscaler's floor) to 2, or accept the outage: ${WORKLOAD.acceptedOutage}: '<duration>: <reason>'.`,
          }
        : {
            at: workload.resource.annotation(WORKLOAD.acceptedOutage),
            message: `'${accepted}' is no duration with a reason`,
            fix: "Write it as '2m: what happens meanwhile, and why that is accepted'.",
          };
    }
  },
};
