import { WORKLOAD } from '../../annotations.ts';
import { containerFigure, podCount, podFigure } from '../../demand.ts';
import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import { each, eachObject, eachWorkload, type Problem, rules } from '../../rule.ts';
import { autoscalersOf, scaledBy } from '../../scaling.ts';
import type { Container, ResourceName, Workload } from '../../workload.ts';

const ABOUT = 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/';

export const autoscalersRules = rules({
  'scales-down-slowly': {
    title: 'An autoscaler does not take all pods away at once',
    rationale: 'A short lull, or metrics that fail for a minute, removes the capacity just before the load is back.',
    docs: `${ABOUT}#stabilization-window`,
    check: eachObject('HorizontalPodAutoscaler', function* (autoscaler) {
      const down = autoscaler.at('spec', 'behavior', 'scaleDown');
      const at = down.at('stabilizationWindowSeconds');
      const policies = down.at('policies').items;
      const isAll = policies.some((one) => one.at('type').text === 'Percent' && (one.at('value').number ?? 0) >= 100);
      if (at.number !== 0 || !(isAll || policies.length === 0) || down.at('selectPolicy').text === 'Disabled') return;
      const fix = 'Set stabilizationWindowSeconds: 300, and take at most half of the pods a minute.';
      yield { at, message: 'scales down by 100 % at once, without a window', fix };
    }),
  },
  'autoscaler-has-request': {
    title: 'What an autoscaler measures in percent is requested by every container that it measures',
    rationale: 'Utilization is use divided by the request: where one container has none, the autoscaler never scales.',
    docs: `${ABOUT}#how-does-a-horizontalpodautoscaler-work`,
    check: each(scaled, function* ({ autoscaler, workload, metrics }, platform) {
      for (const metric of metrics) yield* missing(platform, workload, metric);
      const percent = autoscaler.at('spec', 'targetCPUUtilizationPercentage');
      // Without any metric, the API server sets 80 % of the CPU.
      const isDefault = metrics.length === 0 && !hasMetricsInAnnotation(autoscaler);
      const at = percent.exists ? percent : autoscaler.at('spec');
      if (percent.exists || isDefault) yield* unrequested(platform, at, 'cpu', workload.running);
    }),
  },
  'autoscaler-owns-replicas': {
    title: 'What an autoscaler scales fixes no replicas',
    rationale: 'Each apply sets the replicas back to the fixed number, in the middle of a peak.',
    docs: `${ABOUT}#migrating-deployments-and-statefulsets-to-horizontal-autoscaling`,
    check: eachWorkload(function* (workload, platform) {
      const [first] = autoscalersOf(platform, workload);
      const at = workload.resource.at('spec', 'replicas');
      if (!first || !at.exists) return;
      const message = `fixes ${at.scalar} replicas, but ${first.resource} sets them between ${first.floor} and ${first.ceiling}`;
      yield { at, message, fix: 'Remove spec.replicas.' };
    }),
  },
  'autoscaler-range': {
    title: "An autoscaler's floor is below its ceiling",
    rationale: 'With the floor at the ceiling nothing scales, and above it the API server refuses the object.',
    docs: ABOUT,
    check: eachWorkload(function* (workload, platform) {
      for (const { floor, ceiling, ceilingAt: at } of autoscalersOf(platform, workload)) {
        if (floor < ceiling) continue;
        const message = `floor ${floor} is ${floor === ceiling ? 'the ceiling' : `above the ceiling ${ceiling}`}`;
        const fix = 'Raise the ceiling above the floor, or fix the replicas and remove the autoscaler.';
        yield { at, message, fix, severity: floor > ceiling ? 'error' : 'warning' };
      }
    }),
  },
  'autoscaler-target-reachable': {
    title: 'What an autoscaler aims at is below what the containers may use',
    rationale: 'Usage is cut off at the limit, so a target above it is never reached: the autoscaler never adds a pod.',
    docs: `${ABOUT}#algorithm-details`,
    check: each(scaled, function* ({ workload, metrics }) {
      for (const metric of metrics) {
        const at = metric.at('resource', 'target', 'averageUtilization');
        const name = metric.at('resource', 'name').text as ResourceName;
        const request = sum(workload.running.map((one) => one.request(name)));
        const limit = sum(workload.running.map((one) => one.limit(name)));
        const most = Math.floor((limit / request) * 100);
        if (at.number === undefined || Number.isNaN(most) || at.number < most) continue;
        const message = `aims at ${at.number} % of the ${name} request, but the limits allow ${most} % at most`;
        yield { at, message, fix: `Aim below ${most} %, lower the request or raise the limit.` };
      }
    }),
  },
  'memory-target-above-idle': {
    title: 'A workload that scales on memory can come back to its floor when it is idle',
    rationale: 'Memory does not fall with load: where idle pods use nearly the target, what a peak has added stays.',
    severity: 'warning',
    docs: `${ABOUT}#algorithm-details`,
    check: each(scaled, function* ({ workload, metrics }, platform) {
      const idle = parseQuantity(workload.resource.annotations[WORKLOAD.idleMemory]);
      for (const metric of idle === undefined ? [] : metrics) {
        if (metric.at('resource', 'name').text === 'memory')
          yield* aboveIdle(platform, workload, metric.at('resource', 'target'), idle ?? 0);
      }
    }),
  },
});

/** The autoscalers whose workloads are given. */
function* scaled(platform: Platform) {
  for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
    const workload = scaledBy(platform, autoscaler);
    if (workload) yield { autoscaler, workload, metrics: autoscaler.at('spec', 'metrics').items };
  }
}

/** How `autoscaling/v1` writes what it has no fields for. */
function hasMetricsInAnnotation({ annotations }: Resource): boolean {
  return annotations['autoscaling.alpha.kubernetes.io/metrics'] !== undefined;
}

function* missing(platform: Platform, workload: Workload, metric: Field): Iterable<Problem> {
  const isOfContainer = metric.at('type').text === 'ContainerResource';
  const source = metric.at(isOfContainer ? 'containerResource' : 'resource');
  const resource = source.at('name').text;
  if (resource !== 'cpu' && resource !== 'memory') {
    const message = `measures ${resource}, which the metrics of pods do not have`;
    if (resource !== undefined) yield { at: source.at('name'), message, fix: 'Measure cpu or memory.' };
    return;
  }
  const at = source.at('container');
  const measured = workload.running.filter(({ name }) => !isOfContainer || name === at.text);
  if (isOfContainer && measured.length === 0) {
    const fix = `Name one of its containers: ${workload.running.map(({ name }) => name).join(', ')}.`;
    yield { at, message: `measures container ${at.text}, which ${workload} does not have`, fix };
  }
  if (source.at('target', 'type').text === 'Utilization') yield* unrequested(platform, source, resource, measured);
}

function* unrequested(
  platform: Platform,
  at: Field,
  resource: ResourceName,
  measured: readonly Container[],
): Iterable<Problem> {
  for (const container of measured) {
    const { name, workload } = container;
    if (containerFigure(platform, container, 'requests', resource) !== undefined) continue;
    const message = `aims at a share of the ${resource} request, but container ${name} of ${workload} requests none`;
    yield { at, message, fix: `Give container ${name} resources.requests.${resource}.` };
  }
}

/** Not a number when one of them is not known, or there is none. */
function sum(values: readonly (number | undefined)[]): number {
  return values.length === 0 ? Number.NaN : values.reduce<number>((total, value) => total + (value ?? Number.NaN), 0);
}

/** Deviations from the target below this share are ignored by the autoscaler (its `--horizontal-pod-autoscaler-tolerance`). */
const TOLERANCE = 0.1;

/**
 * The autoscaler wants ceil(pods x use / target) pods. With idle pods it comes back to its floor F only if it also leaves F + 1:
 * ceil((F + 1) x idle / target) must be F at most, and the use must be below the target by more than the tolerance.
 */
function* aboveIdle(platform: Platform, workload: Workload, target: Field, idle: number): Iterable<Problem> {
  const request = podFigure(platform, workload, 'requests', 'memory');
  const percent = target.at('averageUtilization');
  const aim = percent.exists ? ((percent.number ?? 0) * request) / 100 : parseQuantity(target.at('averageValue').value);
  if (!aim) return;
  const { floor } = podCount(platform, workload);
  const wanted = Math.ceil((floor + 1) * (idle / aim) - 1e-9);
  const isNearTarget = idle / aim > 1 - TOLERANCE;
  if (wanted <= floor && !isNearTarget) return;
  const enough = Math.ceil((request * idle * (floor + 1)) / (aim * floor) / 2 ** 20) * 2 ** 20;
  const at = percent.exists ? percent : target.at('averageValue');
  const message = `idle pods use ${formatBytes(idle)} of the ${formatBytes(aim)} aimed at, so ${floor + 1} idle pods stay ${Math.max(wanted, floor + 1)} and never become ${floor}`;
  const fix = `Request more memory for each pod (${formatBytes(enough)} at least), or do not scale on memory.`;
  yield { at, message, fix, severity: isNearTarget ? 'error' : 'warning' };
}
