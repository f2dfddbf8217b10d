import type { Rule } from '../rule.ts';
import { listensWhereDeclared } from './lifecycle/listens-where-declared.ts';
import { livenessIgnoresStores } from './lifecycle/liveness-ignores-stores.ts';
import { livenessIsNotReadiness } from './lifecycle/liveness-is-not-readiness.ts';
import { nothingRenamed } from './lifecycle/nothing-renamed.ts';
import {
  brokenPodsLeave,
  certificatesRenewInTime,
  defaultPriorityIsLow,
  missedStartsEnd,
  productionIsNotPruned,
  scalesDownSlowly,
  secretsRotate,
  volumesFollowPods,
  webhooksLetTheClusterLive,
} from './lifecycle/object-hazards.ts';
import { probeTargetExists } from './lifecycle/probe-target-exists.ts';
import { probeTiming } from './lifecycle/probe-timing.ts';
import { readinessPresent } from './lifecycle/readiness-present.ts';
import {
  configRollsOut,
  drainsBeforeStopping,
  initWaitsForSomething,
  jobsEnd,
  livenessIsPatient,
  membersStartTogether,
} from './lifecycle/rollout-hazards.ts';
import { startsWithinDeadline } from './lifecycle/starts-within-deadline.ts';
import { stopsWithinGrace } from './lifecycle/stops-within-grace.ts';

/** In the order in which they judge. */
export const lifecycle: readonly Rule[] = [
  livenessIgnoresStores,
  listensWhereDeclared,
  livenessIsNotReadiness,
  nothingRenamed,
  probeTargetExists,
  probeTiming,
  readinessPresent,
  startsWithinDeadline,
  stopsWithinGrace,
  brokenPodsLeave,
  certificatesRenewInTime,
  configRollsOut,
  defaultPriorityIsLow,
  drainsBeforeStopping,
  initWaitsForSomething,
  jobsEnd,
  livenessIsPatient,
  membersStartTogether,
  missedStartsEnd,
  productionIsNotPruned,
  scalesDownSlowly,
  secretsRotate,
  volumesFollowPods,
  webhooksLetTheClusterLive,
];
