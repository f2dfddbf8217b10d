import { describe, expect, it } from 'vitest';
import { production } from '../charts/environments/production.ts';
import { atPeak, totalOf } from '../charts/plan/resource-demand.ts';
import { judgeOfThisMachine } from '../guardrails/judge/judge.ts';
import type { Answer } from '../guardrails/judge/protocol.ts';
import { planOf, platformWith } from '../test/platform.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { placementProblems, placementQuestion, quotaProblems } from './judge.ts';
import { writePlatform } from './write-platform.ts';

const environment = { ...production, budget: { ...production.budget, nodes: 4, zones: 2 } };
const pending = (name: string, ...pods: string[]) => ({
  name,
  pods: 9,
  nodes: {},
  pending: pods.map((pod) => ({ pod: `shop/${pod}`, why: '0/4 nodes are available: 4 Insufficient cpu.' })),
});
const answer = (...scenarios: NonNullable<Answer['scenarios']>): Answer => ({ id: 0, scenarios });

describe('the placement of an environment', () => {
  it('is asked on the nodes of the budget, spread over its zones', () => {
    const { nodes } = placementQuestion(environment, []);
    expect(nodes.map(({ name, zone }) => `${name} ${zone}`)).toEqual([
      'node-1 zone-1',
      'node-2 zone-2',
      'node-3 zone-1',
      'node-4 zone-2',
    ]);
    expect(nodes[0]).toMatchObject({ cpu: '7800m', memory: '30000Mi', ephemeral: '90000Mi', pods: '100' });
  });

  it('names the pods of the worst situation, the others, and what to do', () => {
    const [problem, ...others] = placementProblems(
      environment,
      answer(pending('maximum'), pending('without node node-2', 'cart-8'), pending('rollout', 'cart-8', 'cart-9')),
    );
    expect(others).toEqual([]);
    expect(problem).toContain('production: rollout: the scheduler leaves 2 of the pods pending on 4 nodes of 7800m');
    expect(problem).toContain('cart-8, cart-9 (0/4 nodes are available: 4 Insufficient cpu.)');
    expect(problem).toContain("also without node node-2; lower 'maxReplicas'");
  });

  it('may lose a place that is the only one, and a volume that cannot move', () => {
    const single = { ...environment, budget: { ...environment.budget, nodes: 1, zones: 1 } };
    expect(
      placementProblems(single, answer(pending('without node node-1', 'a'), pending('without zone zone-1', 'a'))),
    ).toEqual([]);
    const volume = { ...pending('without zone zone-1'), pending: [{ pod: 'shop/db-0', why: 'no', volume: true }] };
    expect(placementProblems(environment, answer(volume))).toEqual([]);
  });

  it('need not survive the loss that its budget leaves out', () => {
    const losses = answer(pending('without node node-1', 'a'), pending('without zone zone-1', 'a', 'b'));
    const surviving = (survives: 'node' | 'nothing') => ({
      ...environment,
      budget: { ...environment.budget, survives },
    });
    expect(placementProblems(surviving('nothing'), losses)).toEqual([]);
    expect(placementProblems(surviving('node'), losses)).toEqual([expect.stringContaining('without node node-1: ')]);
    expect(placementProblems(surviving('nothing'), answer(pending('rollout', 'a')))).toHaveLength(1);
  });

  it('shows a quota that is smaller than the maximum in a rollout', () => {
    const use = { namespace: 'shop', quota: 'quota', resource: 'pods', hard: '9' };
    const quotas = [
      { ...use, used: '9' },
      { ...use, used: '10', exceeded: true },
    ];
    expect(quotaProblems(environment, { id: 0, quotas })).toEqual([
      'production: the quota quota grants 9 of pods, and the maximum in a rollout takes 10; the last pods would be refused',
    ]);
  });
});

describe.skipIf(judgeOfThisMachine().judge === undefined)('a synthesis', () => {
  it('is refused where a sum fits and the pods do not', { timeout: 60_000 }, () => {
    // Twelve nodes carry the sum; eight of them, after the loss of a zone, do not.
    const { cpuMillis } = totalOf(planOf(production).demands, atPeak).requests;
    const budget = { ...production.budget, nodes: 12, cpuMillisPerNode: Math.ceil(cpuMillis / 12) };
    const tight = platformWith({ ...production, budget });
    expect(() => writePlatform(tight, {}, temporaryFolder())).toThrow(/production: without zone .* pods pending on 12/);
  });
});
