import { describe, expect, it } from 'vitest';
import type { Environment, Scaling } from '../environments/environment.ts';
import { production } from '../environments/production.ts';
import { numberProblems } from './number-checks.ts';

type Auto = Extract<Scaling, { kind: 'auto' }>;
const auto = production.scaling as Auto;

function changed(change: Partial<Environment>): string[] {
  return numberProblems({ ...production, ...change });
}

describe('a figure out of bounds', () => {
  it('is not among the committed ones', () => {
    expect(numberProblems(production)).toEqual([]);
  });

  it.each([0, -1, 1.5, Infinity])('is a number of nodes of %d', (nodes) => {
    expect(changed({ budget: { ...production.budget, nodes } })).toEqual([
      `budget.nodes is ${nodes}; give it a whole number of at least 1`,
    ]);
  });

  it('is not a budget without storage', () => {
    expect(changed({ budget: { ...production.budget, storageGi: 0 } })).toEqual([]);
  });

  it('is a rollout without surge, for no pod may be unavailable', () => {
    expect(changed({ rollout: { ...production.rollout, surgePercent: 0 } })).toEqual([
      'rollout.surgePercent is 0; give it a whole number from 1 to 100',
    ]);
  });

  it('is a deadline that a rollout could not meet: a pod must be ready for longer', () => {
    expect(changed({ rollout: { surgePercent: 10, minReadySeconds: 60, progressDeadlineSeconds: 60 } })).toEqual([
      'rollout.progressDeadlineSeconds is 60; give it a whole number of at least 61',
    ]);
  });

  it.each([80, 29_999, 32_768])('is the node port %d', (nodePort) => {
    expect(changed({ edge: { ...production.edge, nodePort } })).toEqual([
      `edge.nodePort is ${nodePort}; give it a whole number from 30000 to 32767`,
    ]);
  });

  it('is a port on which no Gateway can listen', () => {
    expect(changed({ edge: { ...production.edge, listeners: { http: 0, https: 70_000 } } })).toEqual([
      'edge.listeners.http is 0; give it a whole number from 1 to 65535',
      'edge.listeners.https is 70000; give it a whole number from 1 to 65535',
    ]);
  });

  it('is a part of a second, which Kubernetes does not count', () => {
    expect(changed({ stopping: { drainSeconds: 10, shutdownSeconds: 30, graceSeconds: 60.5 } })).toEqual([
      'stopping.graceSeconds is 60.5; give it a whole number of at least 0',
    ]);
  });

  it('is a store or a monitoring of no size', () => {
    const { redis, monitoring } = production;
    if (redis.kind !== 'sentinel' || monitoring.kind !== 'standalone') throw new Error('production has both');
    expect(
      changed({
        redis: { ...redis, container: { ...redis.container, maxClients: -5 } },
        monitoring: { ...monitoring, retentionDays: 35.5 },
      }),
    ).toEqual([
      'redis.container.maxClients is -5; give it a whole number of at least 1',
      'monitoring.retentionDays is 35.5; give it a whole number of at least 1',
    ]);
  });

  it('is a priority among those of the system', () => {
    expect(changed({ priority: 2_000_000_000 })).toEqual([
      'priority is 2000000000; give it a whole number from -1000000000 to 1000000000',
    ]);
  });

  it('is a disruption budget of no pod: null says that', () => {
    expect(changed({ minAvailable: 0 })).toEqual(['minAvailable is 0; give it a whole number of at least 1']);
    expect(changed({ minAvailable: null })).toEqual([]);
  });

  it('is a rate of no request', () => {
    expect(changed({ edge: { ...production.edge, rateLimit: { requestsPerMinute: 0, burst: 0 } } })).toEqual([
      'edge.rateLimit.requestsPerMinute is 0; give it a whole number of at least 1',
      'edge.rateLimit.burst is 0; give it a whole number of at least 1',
    ]);
  });

  it("is a target or a pace that the autoscaler's API refuses", () => {
    const scaleUp = { windowSeconds: 3_601, percent: 0, periodSeconds: 1_801 };
    expect(changed({ scaling: { ...auto, cpuPercent: 0, memoryPercent: 101, scaleUp } })).toEqual([
      'scaling.cpuPercent is 0; give it a whole number from 1 to 100',
      'scaling.memoryPercent is 101; give it a whole number from 1 to 100',
      'scaling.scaleUp.windowSeconds is 3601; give it a whole number from 0 to 3600',
      'scaling.scaleUp.percent is 0; give it a whole number of at least 1',
      'scaling.scaleUp.periodSeconds is 1801; give it a whole number from 1 to 1800',
    ]);
  });
});
