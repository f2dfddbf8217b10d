import { describe, expect, it } from 'vitest';
import { production } from '../../charts/environments/production.ts';
import type { Answer } from '../../guardrails/judge/protocol.ts';
import { planOf, rolloutOf, type Side, stuckIn } from './plan.ts';
import { renderPlan, renderPlanMarkdown } from './render.ts';

const probes = {
  startupProbe: { periodSeconds: 2, failureThreshold: 15 },
  readinessProbe: { periodSeconds: 5 },
};
const workload = (kind: string, tag: string, spec: object = {}) => ({
  kind,
  metadata: { namespace: 'shop', name: 'cart' },
  spec: {
    minReadySeconds: 10,
    strategy: { rollingUpdate: { maxSurge: '10%', maxUnavailable: 0 } },
    template: { spec: { containers: [{ image: `cart:${tag}`, ...probes }] } },
    ...spec,
  },
});

describe('a rollout', () => {
  it('goes as fast as surge and readiness let it, and keeps every pod ready', () => {
    expect(rolloutOf(workload('Deployment', '1'), workload('Deployment', '2'), 12)).toEqual({
      workload: 'Deployment cart',
      pods: 12,
      steps: 6,
      lowestReady: 12,
      seconds: [6 * 11, 6 * (5 + 30 + 10)],
    });
  });

  it.each([
    ['a StatefulSet goes pod by pod', 'StatefulSet', {}, { steps: 3, lowestReady: 2 }],
    ['unavailable pods are rounded down', 'Deployment', { strategy: {} }, { steps: 3, lowestReady: 3 }],
    ['Recreate leaves none', 'Deployment', { strategy: { type: 'Recreate' } }, { steps: 1, lowestReady: 0 }],
  ])('%s', (_, kind, spec, expected) => {
    expect(rolloutOf(workload(kind, '1', spec), workload(kind, '2', spec), 3)).toMatchObject(expected);
  });

  it('is none where the template is the same, or the workload is new', () => {
    expect(
      rolloutOf(workload('Deployment', '1'), workload('Deployment', '1', { minReadySeconds: 1 }), 3),
    ).toBeUndefined();
    expect(rolloutOf(undefined, workload('Deployment', '1'), 3)).toBeUndefined();
  });
});

describe('the plan of an environment', () => {
  const environment = {
    ...production,
    budget: {
      ...production.budget,
      nodes: 2,
      zones: 1,
      cpuMillisPerNode: 1_000,
      memoryMiBPerNode: 1_024,
      survives: 'nothing' as const,
      prices: { currency: 'EUR', perCoreHour: 0.1, perGiBHour: 0.01 },
    },
  };
  const pods = (count: number) => Array.from({ length: count }, (_, index) => `shop/cart-${index}`);
  const answer = (maximum: number): Answer => ({
    id: 0,
    workloads: [{ name: 'shop/cart', minimum: 1, maximum, surge: 1, cpu: '250m', memory: '512Mi' }],
    scenarios: [
      { name: 'maximum', pods: maximum, pending: [], nodes: { 'node-10': pods(1), 'node-2': pods(maximum - 1) } },
      { name: 'without node node-2', pods: maximum, pending: [{ pod: 'shop/cart-1', why: 'full' }], nodes: {} },
    ],
    quotas: [
      { namespace: 'shop', quota: 'quota', resource: 'pods', used: '3', hard: '10' },
      { namespace: 'shop', quota: 'quota', resource: 'requests.cpu', used: '900m', hard: '1' },
    ],
  });
  const side = (maximum: number, tag: string): Side => ({
    objects: [workload('Deployment', tag)],
    answer: answer(maximum),
  });
  const plan = planOf(environment, side(2, '1'), side(3, '2'));

  it('says where pods land, what is replaced, what a quota leaves and what requests cost', () => {
    const text = renderPlan(plan);
    expect(text).toMatch(/node-2 +#####\.\.\.\.\. +50 % +100 % +cart 2\n +node-10 +###/);
    expect(text).toContain('rollout   Deployment cart: 1 pod in 1 step, at least 1 ready, 11 s where');
    expect(text).toContain('at most 90 % used (requests.cpu of shop: 900m of 1 at');
    expect(text).toContain('maximum   2 -> 3 pods, 0.5 cores -> 0.8 cores, 1.0 GiB -> 1.5 GiB; 66 EUR (+22) a month');
    expect(text).toContain('minimum   1 pod, 0.3 cores, 0.5 GiB; 22 EUR a month');
  });

  it('tells a loss that nobody promised to survive from pods that are stuck', () => {
    expect(renderPlan(plan)).toContain(
      'waits     without node node-2: 1 of 3 pods wait, such as shop/cart-1: full (the',
    );
    expect(stuckIn(plan)).toBe(0);
    const { survives: _, ...budget } = environment.budget;
    const strict = planOf({ ...environment, budget }, undefined, side(3, '2'));
    expect(stuckIn(strict)).toBe(1);
    expect(renderPlan(strict)).toContain('PENDING   without node node-2');
    expect(renderPlan(strict)).toContain('maximum   3 pods, 0.8 cores');
  });

  it('says the same in a comment', () => {
    const text = renderPlanMarkdown(plan);
    expect(text).toContain('| maximum | 2 -> 3 pods');
    expect(text).toContain('| node-10 | 25 % | 50 % | cart 1 |');
  });
});
