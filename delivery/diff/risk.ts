import type { Change } from './compare.ts';

/** `danger` can lose data or fail to apply, `caution` lowers a guard or a capacity, `rollout` restarts pods. */
export type RiskLevel = 'danger' | 'caution' | 'rollout';

/** The levels from worst to mildest: the order of every report. */
export const RISK_LEVELS: readonly RiskLevel[] = ['danger', 'caution', 'rollout'];

/** Something about a change that a reviewer must not miss. */
export interface Risk {
  readonly level: RiskLevel;
  readonly change: Change;
  /** What happens, with the values: `spec.replicas 3 -> 1`. */
  readonly message: string;
  /** What to do about it, or what to know. */
  readonly advice: string;
}

/** Finds one kind of risk; sees all changes, for some risks are about two of them. */
export type RiskFinder = (changes: readonly Change[]) => readonly Risk[];
