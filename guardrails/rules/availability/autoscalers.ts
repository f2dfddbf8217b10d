import { WORKLOAD } from '../../annotations.ts';
import { podCount } from '../../demand.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { containerFigure, limitRangeDefaults, podFigure } from '../../pod-resources.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import type { Problem, Rule } from '../../rule.ts';
import { autoscalersOf, scaledBy } from '../../scaling.ts';
import type { Container, ResourceName, Workload } from '../../workload.ts';

const autoscalerHasRequest: Rule = {
  id: 'autoscaler-has-request',
  title: 'What an autoscaler measures in percent is requested by every container that it measures',
  rationale:
    'Utilization is use divided by the request. Where one container has none, the autoscaler reports FailedGetResourceMetric and never scales.',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work',
  *check(platform) {
    for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
      const workload = scaledBy(platform, autoscaler);
      if (!workload) continue;
      for (const metric of autoscaler.at('spec', 'metrics').items) yield* missing(platform, workload, metric);
      const percent = autoscaler.at('spec', 'targetCPUUtilizationPercentage');
      if (percent.exists) yield* unrequested(platform, workload, percent, 'cpu', workload.running);
    }
  },
};

function* missing(platform: Platform, workload: Workload, metric: Field): Iterable<Problem> {
  const kind = metric.at('type').text;
  const source = metric.at(kind === 'ContainerResource' ? 'containerResource' : 'resource');
  const resource = source.at('name').text;
  if (resource !== 'cpu' && resource !== 'memory') return;
  const named = source.at('container').text;
  const measured =
    kind === 'ContainerResource' ? workload.running.filter(({ name }) => name === named) : workload.running;
  if (kind === 'ContainerResource' && measured.length === 0) {
    yield {
      at: source.at('container'),
      message: `measures container ${named}, which ${workload} does not have`,
      fix: `Name one of its containers: ${workload.running.map(({ name }) => name).join(', ')}.`,
    };
  }
  if (source.at('target', 'type').text !== 'Utilization') return;
  yield* unrequested(platform, workload, source, resource, measured);
}

function* unrequested(
  platform: Platform,
  workload: Workload,
  at: Field,
  resource: ResourceName,
  measured: readonly Container[],
): Iterable<Problem> {
  const defaults = limitRangeDefaults(platform, workload.namespace);
  for (const container of measured) {
    if (containerFigure(container, 'requests', resource, defaults) !== undefined) continue;
    yield {
      at,
      message: `aims at a share of the ${resource} request, but container ${container.name} of ${workload} requests none`,
      fix: `Give container ${container.name} resources.requests.${resource}.`,
    };
  }
}

const autoscalerOwnsReplicas: Rule = {
  id: 'autoscaler-owns-replicas',
  title: 'What an autoscaler scales fixes no replicas',
  rationale: 'Each apply sets the replicas back to the fixed number, in the middle of a peak.',
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

const autoscalerRange: Rule = {
  id: 'autoscaler-range',
  title: "An autoscaler's floor is below its ceiling",
  rationale: 'With the floor at the ceiling nothing scales, and above it the API server refuses the object.',
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

const autoscalerTargetReachable: Rule = {
  id: 'autoscaler-target-reachable',
  title: 'What an autoscaler aims at is below what the containers may use',
  rationale: 'Usage is cut off at the limit, so a target above it is never reached: the autoscaler never adds a pod.',
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

/** Deviations from the target below this share are ignored by the autoscaler (its `--horizontal-pod-autoscaler-tolerance`). */
const TOLERANCE = 0.1;

/**
 * The autoscaler wants ceil(pods x use / target) pods. With idle pods it comes back to its floor F only if it also leaves F + 1:
 * ceil((F + 1) x idle / target) must be F at most, and the use must be below the target by more than the tolerance.
 */
const memoryTargetAboveIdle: Rule = {
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

const scalesDownSlowly: Rule = {
  id: 'scales-down-slowly',
  title: 'An autoscaler does not take all pods away at once',
  rationale:
    'A short lull, or metrics that fail for a minute, removes the whole capacity just before the load is back.',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#stabilization-window',
  *check(platform) {
    for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
      const down = autoscaler.at('spec', 'behavior', 'scaleDown');
      const policies = down.at('policies').items;
      const isAll =
        policies.length === 0 ||
        policies.some((one) => one.at('type').text === 'Percent' && (one.at('value').number ?? 0) >= 100);
      if (down.at('stabilizationWindowSeconds').number !== 0 || !isAll || down.at('selectPolicy').text === 'Disabled')
        continue;
      yield {
        at: down.at('stabilizationWindowSeconds'),
        message: 'scales down by 100 % at once, without a window',
        fix: 'Set stabilizationWindowSeconds: 300, and take at most half of the pods a minute.',
      };
    }
  },
};

export const autoscalersRules: readonly Rule[] = [
  scalesDownSlowly,
  autoscalerHasRequest,
  autoscalerOwnsReplicas,
  autoscalerRange,
  autoscalerTargetReachable,
  memoryTargetAboveIdle,
];
