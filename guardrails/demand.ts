import type { ResourceName } from './container.ts';
import { limitRangeDefaults } from './limit-range.ts';
import type { Platform } from './platform.ts';
import { podCount } from './pod-count.ts';
import { type Figure, podFigure } from './pod-resources.ts';
import { formatBytes, formatCores } from './quantity.ts';
import type { Workload } from './workload.ts';

/** One summand: so many pods of a workload, each with so much. */
export interface Summand {
  readonly workload: Workload;
  readonly pods: number;
  /** Cores, bytes or pods. */
  readonly each: number;
}

/** How a sum is written. */
export type Format = (value: number) => string;

export function formatOf(resource: ResourceName): Format {
  return resource === 'cpu' ? formatCores : formatBytes;
}

/** What workloads may ask for at their peak. */
export function demandOf(
  platform: Platform,
  workloads: readonly Workload[],
  figure: Figure,
  resource: ResourceName,
): readonly Summand[] {
  return workloads.map((workload) => {
    const defaults = limitRangeDefaults(platform, workload.namespace);
    return { workload, pods: podCount(platform, workload).peak, each: podFigure(workload, figure, resource, defaults) };
  });
}

/** The pods themselves, for limits on their number. */
export function podsOf(platform: Platform, workloads: readonly Workload[]): readonly Summand[] {
  return workloads.map((workload) => ({ workload, pods: podCount(platform, workload).peak, each: 1 }));
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
