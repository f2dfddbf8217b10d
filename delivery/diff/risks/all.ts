import type { Change } from '../compare.ts';
import { RISK_LEVELS, type Risk, type RiskFinder } from '../risk.ts';
import { widerAccess } from './access.ts';
import { lessCapacity } from './capacity.ts';
import { dataLoss } from './data.ts';
import { immutableFields } from './immutable.ts';
import { widerPolicies } from './policies.ts';
import { renames } from './rename.ts';
import { rollouts } from './rollout.ts';

/** Every finder; a new one is one line here. */
const FINDERS: readonly RiskFinder[] = [
  dataLoss,
  immutableFields,
  renames,
  widerPolicies,
  widerAccess,
  lessCapacity,
  rollouts,
];

/** All risks of a change, the worst first. */
export function risksOf(changes: readonly Change[]): readonly Risk[] {
  const risks = FINDERS.flatMap((find) => find(changes));
  return RISK_LEVELS.flatMap((level) => risks.filter((risk) => risk.level === level));
}
