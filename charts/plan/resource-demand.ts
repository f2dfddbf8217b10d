import type { ContainerSize, Resources } from '../constructs/quantity.ts';

/** What one kind of pod may ask of the cluster. Every workload declares its own; the quota is their sum and must fit the budget. */
export interface ResourceDemand extends ContainerSize {
  /** The workload's name, for messages: `users`, `redis`, `redis-backup`. */
  readonly name: string;
  readonly namespace: string;
  /** Pods in a quiet hour. */
  readonly minPods: number;
  /** Most pods wanted at once by an autoscaler or a schedule, without surge. */
  readonly maxPods: number;
  /** Pods that may exist at once: the maximum, the surge of a rollout, and pods still terminating. */
  readonly peakPods: number;
  /** Whether at most one more pod of it may be on one host than on another (hard spread) or each needs its own (exclusive). */
  readonly hosts: 'any' | 'even' | 'exclusive';
  readonly claimsGi: readonly number[];
}

/** Sum over pods: CPU in millicores, memory and disk in MiB. */
export interface Total {
  readonly pods: number;
  readonly requests: { readonly cpuMillis: number; readonly memoryMiB: number; readonly ephemeralMiB: number };
  readonly limits: { readonly cpuMillis: number; readonly memoryMiB: number; readonly ephemeralMiB: number };
  readonly claims: number;
  readonly storageGi: number;
}

export type PodCount = (demand: ResourceDemand) => number;

/** Everything at once: maxima, surge, pods still terminating, jobs. The quota. */
export const atPeak: PodCount = (demand) => demand.peakPods;
export const atMinimum: PodCount = (demand) => demand.minPods;
/** Every autoscaler at its maximum, nothing rolling out. */
export const atMaximum: PodCount = (demand) => demand.maxPods;

/** Adds up what the demands ask for with so many pods each. Claims stay bound whatever runs, so they count at the maximum. */
export function totalOf(demands: readonly ResourceDemand[], podsOf: PodCount): Total {
  const add = (pick: (demand: ResourceDemand) => number) => demands.reduce((sum, demand) => sum + pick(demand), 0);
  const resources = (kind: 'requests' | 'limits') => ({
    cpuMillis: add((demand) => podsOf(demand) * demand[kind].cpuMillis),
    memoryMiB: add((demand) => podsOf(demand) * demand[kind].memoryMiB),
    ephemeralMiB: add((demand) => podsOf(demand) * (demand[kind].ephemeralMiB ?? 0)),
  });
  return {
    pods: add(podsOf),
    requests: resources('requests'),
    limits: resources('limits'),
    claims: add((demand) => demand.maxPods * demand.claimsGi.length),
    storageGi: add((demand) => demand.maxPods * demand.claimsGi.reduce((sum, size) => sum + size, 0)),
  };
}

export function sumOf(sizes: readonly ContainerSize[]): ContainerSize {
  const add = (kind: keyof ContainerSize): Resources => ({
    cpuMillis: sizes.reduce((total, size) => total + size[kind].cpuMillis, 0),
    memoryMiB: sizes.reduce((total, size) => total + size[kind].memoryMiB, 0),
    ephemeralMiB: sizes.every((size) => size[kind].ephemeralMiB === null)
      ? null
      : sizes.reduce((total, size) => total + (size[kind].ephemeralMiB ?? 0), 0),
  });
  return { requests: add('requests'), limits: add('limits') };
}
