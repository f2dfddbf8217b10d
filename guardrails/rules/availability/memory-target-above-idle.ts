import { WORKLOAD } from '../../annotations.ts';
import { scaledBy } from '../../autoscaler.ts';
import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import { limitRangeDefaults } from '../../limit-range.ts';
import type { Platform } from '../../platform.ts';
import { podCount } from '../../pod-count.ts';
import { podFigure } from '../../pod-resources.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

/** Deviations from the target below this share are ignored by the autoscaler (its `--horizontal-pod-autoscaler-tolerance`). */
const TOLERANCE = 0.1;

/**
 * The autoscaler wants ceil(pods x use / target) pods. With idle pods it comes back to its floor F only if it also leaves F + 1:
 * ceil((F + 1) x idle / target) must be F at most, and the use must be below the target by more than the tolerance.
 */
export const memoryTargetAboveIdle: Rule = {
  id: 'memory-target-above-idle',
  title: 'A workload that scales on memory can come back to its floor when it is idle',
  rationale:
    'Memory does not fall with load as CPU does: where idle pods use nearly the target, the autoscaler never takes away what a peak has added.',
  severity: 'warning',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details',
  *check(platform) {
    for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
      const workload = scaledBy(platform, autoscaler);
      const idle = parseQuantity(workload?.resource.annotations[WORKLOAD.idleMemory]);
      if (!workload || idle === undefined) continue;
      for (const metric of autoscaler.at('spec', 'metrics').items) {
        if (metric.at('resource', 'name').text === 'memory')
          yield* judge(platform, workload, metric.at('resource', 'target'), idle);
      }
    }
  },
};

function* judge(platform: Platform, workload: Workload, target: Field, idle: number): Iterable<Problem> {
  const request = podFigure(workload, 'requests', 'memory', limitRangeDefaults(platform, workload.namespace));
  const percent = target.at('averageUtilization');
  const aim = percent.exists ? ((percent.number ?? 0) * request) / 100 : parseQuantity(target.at('averageValue').value);
  if (!aim) return;
  const { floor } = podCount(platform, workload);
  const wanted = Math.ceil((floor + 1) * (idle / aim) - 1e-9);
  if (wanted <= floor && idle / aim <= 1 - TOLERANCE) return;
  yield {
    severity: idle / aim > 1 - TOLERANCE ? 'error' : 'warning',
    at: percent.exists ? percent : target.at('averageValue'),
    message: `idle pods use ${formatBytes(idle)} of the ${formatBytes(aim)} aimed at, so ${floor + 1} idle pods stay ${Math.max(wanted, floor + 1)} and never become ${floor}`,
    fix: `Request more memory for each pod (${formatBytes(Math.ceil((request * idle * (floor + 1)) / (aim * floor) / 2 ** 20) * 2 ** 20)} at least), or do not scale on memory.`,
  };
}
