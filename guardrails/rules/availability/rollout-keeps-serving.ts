import { PROMISES, WORKLOAD } from '../../annotations.ts';
import type { Problem } from '../../finding.ts';
import { podCount, surgeOf, unavailableOf } from '../../pod-count.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const rolloutKeepsServing: Rule = {
  id: 'rollout-keeps-serving',
  title: 'A rollout can move, and takes no more pods away than the floor can spare',
  rationale:
    'With neither a pod more nor a pod less a rollout cannot move; where it may take all pods at the floor, each release is an outage.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (workload.kind !== 'Deployment') continue;
      const { floor } = podCount(platform, workload);
      yield* stuck(workload, floor);
      const promised = platform.environmentOf(workload.namespace)?.promises(PROMISES.availability);
      const taken = unavailableOf(workload, floor);
      if (!promised || workload.resource.annotations[WORKLOAD.acceptedOutage] || floor < 2 || taken < floor) continue;
      yield {
        at: workload.resource.at('spec', 'strategy'),
        message: `a rollout may take ${taken} of ${floor} pods away at once in an environment that promises availability`,
        fix: 'Set rollingUpdate.maxUnavailable to 0.',
      };
    }
  },
};

function* stuck(workload: Workload, floor: number): Iterable<Problem> {
  const update = workload.resource.at('spec', 'strategy', 'rollingUpdate');
  if (!update.at('maxSurge').exists || !update.at('maxUnavailable').exists || floor === 0) return;
  const zero = [update.at('maxSurge'), update.at('maxUnavailable')].every(({ scalar }) => /^0%?$/.test(scalar ?? ''));
  if (!zero || surgeOf(workload, floor) > 0) return;
  yield {
    at: update,
    message: `maxSurge ${update.at('maxSurge').scalar} and maxUnavailable ${update.at('maxUnavailable').scalar} let no rollout move`,
    fix: 'Set maxSurge to 1 or more.',
  };
}
