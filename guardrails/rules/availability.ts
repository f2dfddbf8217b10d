import type { Rule } from '../rule.ts';
import { autoscalerHasRequest } from './availability/autoscaler-has-request.ts';
import { autoscalerOwnsReplicas } from './availability/autoscaler-owns-replicas.ts';
import { autoscalerRange } from './availability/autoscaler-range.ts';
import { autoscalerTargetReachable } from './availability/autoscaler-target-reachable.ts';
import { budgetPresent } from './availability/budget-present.ts';
import { claimSharedByPods } from './availability/claim-shared-by-pods.ts';
import { claimsWritable } from './availability/claims-writable.ts';
import { drainCanFinish } from './availability/drain-can-finish.ts';
import { environmentAgrees } from './availability/environment-agrees.ts';
import { figuresPresent } from './availability/figures-present.ts';
import { livenessPresent } from './availability/liveness-present.ts';
import { memoryTargetAboveIdle } from './availability/memory-target-above-idle.ts';
import { noSingleReplica } from './availability/no-single-replica.ts';
import { nothingAtZero } from './availability/nothing-at-zero.ts';
import { nothingSwitchedOff } from './availability/nothing-switched-off.ts';
import { replicasSpread } from './availability/replicas-spread.ts';
import { rolloutKeepsServing } from './availability/rollout-keeps-serving.ts';
import { spreadSelectsItself } from './availability/spread-selects-itself.ts';

/** In the order in which they judge. */
export const availability: readonly Rule[] = [
  autoscalerHasRequest,
  autoscalerOwnsReplicas,
  autoscalerRange,
  autoscalerTargetReachable,
  budgetPresent,
  claimSharedByPods,
  claimsWritable,
  drainCanFinish,
  environmentAgrees,
  figuresPresent,
  livenessPresent,
  memoryTargetAboveIdle,
  noSingleReplica,
  nothingAtZero,
  nothingSwitchedOff,
  replicasSpread,
  rolloutKeepsServing,
  spreadSelectsItself,
];
