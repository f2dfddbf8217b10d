import { describe, expect, it } from 'vitest';
import { budgetProblems } from './capacity.ts';
import type { NodeBudget } from './environment.ts';
import { atMaximum, atMinimum, atPeak, type ResourceDemand, totalOf } from './resource-demand.ts';

const USERS: ResourceDemand = {
  name: 'users',
  namespace: 'quotes-test',
  minPods: 2,
  maxPods: 5,
  peakPods: 8,
  requests: { cpuMillis: 250, memoryMiB: 100, ephemeralMiB: 10 },
  limits: { cpuMillis: 1_000, memoryMiB: 200, ephemeralMiB: 20 },
  hosts: 'any',
  claimsGi: [],
};
const REDIS: ResourceDemand = {
  ...USERS,
  name: 'redis',
  minPods: 1,
  maxPods: 2,
  peakPods: 2,
  requests: { cpuMillis: 500, memoryMiB: 300, ephemeralMiB: null },
  claimsGi: [10, 1],
};

/** Exactly what both want at their peak: 8 x 250 + 2 x 500 = 3000m, 8 x 100 + 2 x 300 = 1400Mi, 8 x 10 = 80Mi, 10 pods, 22Gi. */
const BUDGET: NodeBudget = {
  nodes: 2,
  zones: 1,
  cpuMillisPerNode: 1_500,
  memoryMiBPerNode: 700,
  ephemeralMiBPerNode: 40,
  podsPerNode: 5,
  storageGi: 22,
};

function problems(change: Partial<NodeBudget>, demands: readonly ResourceDemand[] = [USERS, REDIS]): string[] {
  return budgetProblems(demands, { ...BUDGET, ...change });
}

describe('the sum of demands', () => {
  it('counts the pods of a quiet hour, of the maximum, of the peak', () => {
    expect(totalOf([USERS, REDIS], atMinimum)).toMatchObject({
      pods: 3,
      requests: { cpuMillis: 1_000, memoryMiB: 500 },
    });
    expect(totalOf([USERS, REDIS], atMaximum)).toMatchObject({ pods: 7, requests: { cpuMillis: 2_250 } });
    expect(totalOf([USERS, REDIS], atPeak)).toMatchObject({
      pods: 10,
      requests: { cpuMillis: 3_000, memoryMiB: 1_400, ephemeralMiB: 80 },
      limits: { cpuMillis: 10_000, memoryMiB: 2_000, ephemeralMiB: 200 },
    });
  });

  it('counts claims at the maximum whatever runs: they stay bound', () => {
    for (const pods of [atMinimum, atMaximum, atPeak]) {
      expect(totalOf([USERS, REDIS], pods)).toMatchObject({ claims: 4, storageGi: 22 });
    }
  });

  it('of nothing is nothing', () => {
    expect(totalOf([], atPeak)).toMatchObject({ pods: 0, claims: 0, storageGi: 0, requests: { cpuMillis: 0 } });
  });
});

describe('a budget', () => {
  it('may be used up to the last millicore', () => {
    expect(problems({})).toEqual([]);
  });

  it('is too small by one millicore, told with the arithmetic and the largest to lower', () => {
    expect(problems({ cpuMillisPerNode: 1_499 })).toEqual([
      'CPU requests at the peak are 3000m (users 8 x 250m + redis 2 x 500m), but 2 nodes of 1499m give 2998m; ' +
        'lower the maximum of users (5) or add nodes',
    ]);
  });

  it('is too small in memory and disk, each told', () => {
    expect(problems({ memoryMiBPerNode: 699, ephemeralMiBPerNode: 39 })).toEqual([
      'memory requests at the peak are 1400Mi (users 8 x 100Mi + redis 2 x 300Mi), but 2 nodes of 699Mi give 1398Mi; ' +
        'lower the maximum of users (5) or add nodes',
      'ephemeral storage requests at the peak are 80Mi (users 8 x 10Mi), but 2 nodes of 39Mi give 78Mi; ' +
        'lower the maximum of users (5) or add nodes',
    ]);
  });

  it('is too small in pods', () => {
    expect(problems({ podsPerNode: 4 })).toEqual([
      '10 pods at the peak, but 2 nodes take 8; lower a maximum or add nodes',
    ]);
  });

  it('is too small in volumes', () => {
    expect(problems({ storageGi: 21 })).toEqual([
      'volume claims are 22Gi (redis 2 x 10 + 1Gi), but the budget gives 21Gi; claim less or raise it',
    ]);
  });

  it('is made of nodes too small for one pod, though their sum would do', () => {
    expect(problems({ nodes: 10, cpuMillisPerNode: 400 })).toEqual([
      'one pod of redis requests 500m of CPU, but a node gives 400m; ask for less or take larger nodes',
    ]);
  });

  it('must have a host for each pod that wants one of its own', () => {
    expect(problems({}, [{ ...REDIS, maxPods: 3, peakPods: 3, claimsGi: [], hosts: 'exclusive' }])).toEqual([
      'redis wants 3 hosts of its own, but the budget has 2; add nodes',
    ]);
  });
});
