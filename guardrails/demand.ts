import { WORKLOAD } from './annotations.ts';
import type { Field } from './field.ts';
import { groupBy, oncePerPlatform, type Platform } from './platform.ts';
import { formatBytes, formatCores, parseQuantity, shareOf } from './quantity.ts';
import { autoscalersOf, stoppingSeconds } from './scaling.ts';
import type { Container, ResourceName, Workload } from './workload.ts';

/** How many pods of one workload there may be. */
export interface PodCount {
  /** Pods in a quiet hour. */
  readonly floor: number;
  /** Most pods that are wanted at once. */
  readonly ceiling: number;
  /** Pods beside the wanted ones while a rollout goes on. */
  readonly surge: number;
  /** Pods of the old version that still stop during that rollout; counted where the workload says how long it takes to stop. */
  readonly terminating: number;
  /** Ceiling, surge and terminating: what a quota must admit and nodes must carry. */
  readonly peak: number;
  /** The field to lower when the peak is too high. */
  readonly ceilingAt: Field;
}

/** The pods of a workload; `nodes` is what a DaemonSet multiplies by (one when nobody says). */
export function podCount(platform: Platform, workload: Workload): PodCount {
  const spec = workload.resource.at('spec');
  switch (workload.kind) {
    case 'DaemonSet':
      return fixed(platform.environmentOf(workload.namespace)?.budget.nodes ?? 1, spec);
    case 'Job':
      return fixed(jobPods(spec), spec.at('parallelism'), 0);
    case 'CronJob': {
      const pods = jobPods(spec.at('jobTemplate', 'spec')) * runsAtOnce(platform, workload);
      return fixed(pods, spec.at('concurrencyPolicy'), 0);
    }
    case 'ScaledJob': {
      const most = spec.at('maxReplicaCount');
      return fixed(jobPods(spec.at('jobTargetRef')) * (most.number ?? 100), most, 0);
    }
    case 'Pod':
      return fixed(1, spec);
    default:
      return scaled(platform, workload);
  }
}

function fixed(pods: number, ceilingAt: Field, floor = pods): PodCount {
  return { floor, ceiling: pods, surge: 0, terminating: 0, peak: pods, ceilingAt };
}

function scaled(platform: Platform, workload: Workload): PodCount {
  const [autoscaler] = autoscalersOf(platform, workload);
  const replicas = workload.replicas ?? 1;
  const ceiling = autoscaler?.ceiling ?? replicas;
  const floor = autoscaler?.floor ?? replicas;
  const surge = surgeOf(workload, ceiling);
  const terminating = terminatingOf(workload, ceiling, surge);
  const ceilingAt = autoscaler?.ceilingAt ?? workload.resource.at('spec', 'replicas');
  return { floor, ceiling, surge, terminating, peak: ceiling + surge + terminating, ceilingAt };
}

/** Pods that a Deployment's rollout adds: a quarter when it does not say. A StatefulSet deletes a pod before it makes the next. */
export function surgeOf(workload: Workload, pods: number): number {
  if (workload.kind !== 'Deployment' || pods === 0) return 0;
  const strategy = workload.resource.at('spec', 'strategy');
  if (strategy.at('type').text === 'Recreate') return 0;
  const surge = strategy.at('rollingUpdate', 'maxSurge');
  return surge.exists ? (shareOf(surge, pods, 'up') ?? 0) : Math.ceil(pods / 4);
}

/** Pods that a Deployment's rollout may take away: a quarter, rounded down, when it does not say. */
export function unavailableOf(workload: Workload, pods: number): number {
  const strategy = workload.resource.at('spec', 'strategy');
  if (strategy.at('type').text === 'Recreate') return pods;
  const unavailable = strategy.at('rollingUpdate', 'maxUnavailable');
  return unavailable.exists ? (shareOf(unavailable, pods, 'down') ?? 0) : Math.floor(pods / 4);
}

/** Waves of a rollout are `minReadySeconds` apart, and a pod of an older wave is gone once it has stopped: so many waves may be stopping at once. */
function terminatingOf(workload: Workload, ceiling: number, surge: number): number {
  if (workload.kind !== 'Deployment' || workload.resource.annotations[WORKLOAD.drain] === undefined) return 0;
  const minReady = workload.resource.at('spec', 'minReadySeconds').number ?? 0;
  const waves = Math.ceil(stoppingSeconds(workload) / Math.max(minReady, 1));
  return Math.min((surge + unavailableOf(workload, ceiling)) * waves, ceiling);
}

function jobPods(spec: Field): number {
  const parallelism = spec.at('parallelism').number ?? 1;
  return Math.min(parallelism, spec.at('completions').number ?? parallelism);
}

/** Runs of a CronJob at once. Where somebody promised to count, the next run may start before the last has ended unless the job forbids it. */
function runsAtOnce(platform: Platform, { resource, namespace }: Workload): number {
  const spec = resource.at('spec');
  if (spec.at('suspend').flag) return 0;
  const overlap = (spec.at('concurrencyPolicy').text ?? 'Allow') === 'Allow';
  return overlap && platform.environmentOf(namespace) ? 2 : 1;
}

/** One summand: so many pods of a workload, each with so much. */
export interface Summand {
  readonly workload: Workload;
  readonly pods: number;
  /** Cores, bytes or pods. */
  readonly each: number;
}

/** How a sum is written. */
export type Format = (value: number) => string;

export function formatOf(resource: ResourceName | 'pods'): Format {
  if (resource === 'pods') return String;
  return resource === 'cpu' ? formatCores : formatBytes;
}

/** What workloads may ask for at their peak; `pods` for limits on their number. */
export function demandOf(
  platform: Platform,
  workloads: readonly Workload[],
  figure: Figure,
  resource: ResourceName | 'pods',
): readonly Summand[] {
  return workloads.map((workload) => {
    const each = resource === 'pods' ? 1 : podFigure(platform, workload, figure, resource);
    return { workload, pods: podCount(platform, workload).peak, each };
  });
}

export function total(summands: readonly Summand[]): number {
  return summands.reduce((sum, { pods, each }) => sum + pods * each, 0);
}

/** Whether a sum is above its bound, beyond what floating point blurs. */
export function exceeds(sum: number, bound: number): boolean {
  return sum > bound * (1 + 1e-9) + 1e-9;
}

/** `users 26 x 300m + redis 3 x 250m`, the largest first; what asks for nothing is left out. */
export function arithmetic(summands: readonly Summand[], format: Format): string {
  return bySize(summands)
    .map(({ workload, pods, each }) => `${workload.name} ${pods} x ${format(each)}`)
    .join(' + ');
}

/** What to lower: the ceiling of the workload that asks for most. */
export function whatToLower(platform: Platform, summands: readonly Summand[]): string {
  const [largest] = bySize(summands);
  if (!largest) return 'Remove what asks for it';
  const { ceilingAt, ceiling, surge, terminating } = podCount(platform, largest.workload);
  const peak = surge + terminating === 0 ? '' : ` (${ceiling} and ${surge} of a rollout, ${terminating} stopping)`;
  return `Lower ${ceilingAt} of ${ceilingAt.resource}${peak} or what one of its pods asks for`;
}

function bySize(summands: readonly Summand[]): readonly Summand[] {
  return summands
    .filter(({ pods, each }) => pods * each > 0)
    .sort((one, other) => other.pods * other.each - one.pods * one.each);
}

/** What a figure of a container is counted as. */
export type Figure = 'requests' | 'limits';

/**
 * What one pod asks for: what runs together is summed; an init container runs alone beside the sidecars before it, so the pod asks for the larger of
 * the two. A container without the figure takes the namespace's default, else counts nothing.
 */
export function podFigure(platform: Platform, workload: Workload, figure: Figure, resource: ResourceName): number {
  let [main, sidecars, largestStart] = [0, 0, 0];
  for (const container of workload.containers) {
    const own = containerFigure(platform, container, figure, resource) ?? 0;
    if (container.role === 'main') main += own;
    if (container.role === 'sidecar') sidecars += own;
    if (container.role === 'init') largestStart = Math.max(largestStart, sidecars + own);
  }
  return Math.max(main + sidecars, largestStart);
}

/** A container's figure as the API server stores it: its own, or the default of the namespace's LimitRange. */
export function containerFigure(
  platform: Platform,
  container: Container,
  figure: Figure,
  resource: ResourceName,
): number | undefined {
  const own = figure === 'limits' ? container.limit(resource) : container.request(resource);
  return own ?? defaultOf(platform, container.workload.namespace, figure, resource);
}

/** Where the API server takes a figure that is not given, the first that the LimitRanges of the namespace have. */
const DEFAULTS = { limits: ['default', 'max'], requests: ['defaultRequest', 'default', 'min', 'max'] } as const;

function defaultOf(platform: Platform, namespace: string, figure: Figure, resource: ResourceName): number | undefined {
  const items = limitsOfContainers(platform).get(namespace) ?? [];
  const figures = DEFAULTS[figure].flatMap((key) => items.map((item) => parseQuantity(item.at(key, resource).value)));
  return figures.find((value) => value !== undefined);
}

const limitsOfContainers = oncePerPlatform((platform) => {
  const items = platform.ofKind('LimitRange').flatMap((range) => range.at('spec', 'limits').items);
  const ofContainers = items.filter((item) => item.at('type').text === 'Container');
  return groupBy(ofContainers, ({ resource }) => resource.namespace);
});
