import type { ResourceName } from '../../container.ts';
import type { Rule } from '../../rule.ts';

export const autoscalerTargetReachable: Rule = {
  id: 'autoscaler-target-reachable',
  title: 'What an autoscaler aims at is below what the containers may use',
  rationale: 'Usage is cut off at the limit, so a target above it is never reached: the autoscaler never adds a pod.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details',
  *check(platform) {
    for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
      const ref = autoscaler.at('spec', 'scaleTargetRef');
      const workload = platform.workload(ref.at('kind').text ?? '', autoscaler.namespace, ref.at('name').text ?? '');
      for (const metric of autoscaler.at('spec', 'metrics').items) {
        const at = metric.at('resource', 'target', 'averageUtilization');
        const name = metric.at('resource', 'name').text as ResourceName;
        const [requests, limits] = [
          workload?.running.map((one) => one.request(name)),
          workload?.running.map((one) => one.limit(name)),
        ];
        const [request, limit] = [sum(requests ?? []), sum(limits ?? [])];
        if (at.number === undefined || request === undefined || limit === undefined) continue;
        const most = Math.floor((limit / request) * 100);
        if (at.number < most) continue;
        yield {
          at,
          message: `aims at ${at.number} % of the ${name} request, but the limits allow ${most} % at most`,
          fix: `Aim below ${most} %, lower the request or raise the limit.`,
        };
      }
    }
  },
};

/** Undefined when one of them is not known. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (total, value) => (total === undefined || value === undefined ? undefined : total + value),
    values.length > 0 ? 0 : undefined,
  );
}
