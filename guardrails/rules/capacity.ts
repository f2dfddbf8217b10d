import type { Rule } from '../rule.ts';
import { budgetCarriesPeak } from './capacity/budget-carries-peak.ts';
import { connectionsFitStore } from './capacity/connections-fit-store.ts';
import { hostsCarrySpread } from './capacity/hosts-carry-spread.ts';
import { nodeHeapFits } from './capacity/node-heap-fits.ts';
import { persistenceHasVolume } from './capacity/persistence-has-volume.ts';
import { podFitsNode } from './capacity/pod-fits-node.ts';
import { quotaAdmitsPeak } from './capacity/quota-admits-peak.ts';
import { quotaCounts } from './capacity/quota-counts.ts';
import { redisKeepsData } from './capacity/redis-keeps-data.ts';
import { redisMemoryFits } from './capacity/redis-memory-fits.ts';
import { retentionFitsVolume } from './capacity/retention-fits-volume.ts';
import { scratchFitsLimit } from './capacity/scratch-fits-limit.ts';

/** In the order in which they judge. */
export const capacity: readonly Rule[] = [
  budgetCarriesPeak,
  connectionsFitStore,
  hostsCarrySpread,
  nodeHeapFits,
  persistenceHasVolume,
  podFitsNode,
  quotaAdmitsPeak,
  quotaCounts,
  redisMemoryFits,
  redisKeepsData,
  retentionFitsVolume,
  scratchFitsLimit,
];
