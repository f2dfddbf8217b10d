import type { Resources } from './services/service.ts';

/**
 * What one kind of pod may ask of the cluster. Every workload declares its own; the quota is their sum and must fit the budget.
 */
export interface Demand {
  /** The workload's name, for messages: `users`, `redis`, `redis-backup`. */
  readonly name: string;
  readonly namespace: string;
  /** Pods in a quiet hour. */
  readonly floorPods: number;
  /** Most pods wanted at once by an autoscaler or a schedule, without surge. */
  readonly ceilingPods: number;
  /** Pods that may exist at once: ceiling, surge of a rollout, and pods still terminating. */
  readonly peakPods: number;
  /** Of one pod, all containers. */
  readonly requests: Resources;
  readonly limits: Resources;
  /** Whether at most one more pod of it may be on one host than on another (hard spread) or each needs its own (exclusive). */
  readonly hosts: 'any' | 'even' | 'exclusive';
  /** Sizes in Gi of the volume claims that one pod brings. */
  readonly claimsGi: readonly number[];
}
