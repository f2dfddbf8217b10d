import { describe, expect, it } from 'vitest';
import { serviceOf } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { AutoScaling, Environment } from './environment.ts';
import type { ServiceSpec } from './service-spec.ts';
import { serviceDemand, sizeOf } from './sizing.ts';

const quotes = serviceOf('quotes');

const AUTO: Environment = {
  ...production,
  scaling: { ...(production.scaling as AutoScaling), minReplicas: 3, maxReplicas: 20 },
  promisedRate: 1_000,
  resources: {
    requests: { kind: 'measured', minimum: { cpuMillis: 100, memoryMiB: 128, ephemeralMiB: 1_024 } },
    limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: 2_048 },
  },
  rollout: { surgePercent: 10, minReadySeconds: 15, progressDeadlineSeconds: 900 },
  stopping: { drainSeconds: 10, shutdownSeconds: 30, graceSeconds: 60 },
  sizing: {},
};

function measured(cpuMillisPer1000: number, idleMemoryMiB: number): ServiceSpec {
  return { ...quotes, measured: { cpuMillisPer1000, idleMemoryMiB } };
}

describe('the size of a service', () => {
  it("is the environment's, between minimum and maximum", () => {
    expect(sizeOf(quotes, AUTO)).toMatchObject({ minReplicas: 3, maxReplicas: 20, autoscaled: true });
  });

  it('is fixed where nothing scales', () => {
    expect(sizeOf(quotes, dev)).toMatchObject({ minReplicas: 1, maxReplicas: 1, autoscaled: false });
    expect(sizeOf(quotes, dev).requests).toEqual({ cpuMillis: 50, memoryMiB: 64, ephemeralMiB: null });
  });

  it('counts the surge of a rollout at the maximum, rounded up as Kubernetes does', () => {
    expect(sizeOf(quotes, AUTO).surge).toBe(2); // 10 % of 20
    expect(sizeOf(quotes, { ...AUTO, rollout: { ...AUTO.rollout, surgePercent: 11 } }).surge).toBe(3); // 2.2
  });

  it('counts the pods that stop while the rollout goes on', () => {
    expect(sizeOf(quotes, AUTO).terminating).toBe(4); // 2 a wave, 30 s of stopping / 15 s between waves
  });

  it('never counts more stopping pods than there were pods', () => {
    const { terminating } = sizeOf(quotes, dev); // waves without a pause between them
    expect(terminating).toBe(1);
  });

  it('is one line of the environment for one service, and leaves the others alone', () => {
    const own = {
      ...AUTO,
      sizing: { quotes: { minReplicas: 5, maxReplicas: 40, limits: { ...AUTO.resources.limits, cpuMillis: 2_000 } } },
    };
    expect(sizeOf(quotes, own)).toMatchObject({
      minReplicas: 5,
      maxReplicas: 40,
      surge: 4,
      limits: { cpuMillis: 2_000 },
    });
    expect(sizeOf({ ...quotes, name: 'users' }, own)).toMatchObject({ minReplicas: 3, maxReplicas: 20 });
  });
});

describe('the request of a service', () => {
  it('leaves room above its measured figures: the promised rate uses 70 % of the CPU, an idle pod half of the memory', () => {
    // 210 / 0.7 = 300; 240 / 0.5 = 480
    expect(sizeOf(measured(210, 240), AUTO).requests).toEqual({ cpuMillis: 300, memoryMiB: 480, ephemeralMiB: 1_024 });
  });

  it('follows the rate that the environment promises of one instance', () => {
    const slower = { ...AUTO, promisedRate: 500 };
    expect(sizeOf(measured(700, 75), slower).requests.cpuMillis).toBe(500);
  });

  it("is the service's own where it brings one", () => {
    const size = { cpuMillis: 30, memoryMiB: 40, ephemeralMiB: 50 };
    expect(sizeOf({ ...quotes, resources: { requests: size, limits: size } }, AUTO).requests).toEqual(size);
  });

  it('is rounded up to 10m and 16Mi', () => {
    // 200 / 0.7 = 285.7; 75 / 0.5 = 150
    expect(sizeOf(measured(200, 75), AUTO).requests).toMatchObject({ cpuMillis: 290, memoryMiB: 160 });
  });

  it('is exact where the division is: 70 % of 1000m is 700m', () => {
    expect(sizeOf(measured(700, 75), AUTO).requests.cpuMillis).toBe(1_000);
  });

  it('is never below the minimum', () => {
    expect(sizeOf(measured(10, 10), AUTO).requests).toMatchObject({ cpuMillis: 100, memoryMiB: 128 });
  });

  it("may be the environment's own figure for this service", () => {
    const requests = { cpuMillis: 700, memoryMiB: 512, ephemeralMiB: 2_048 };
    expect(sizeOf(quotes, { ...AUTO, sizing: { quotes: { requests } } }).requests).toEqual(requests);
  });

  it('keeps an idle pod below what makes the autoscaler ask for a second one', () => {
    for (const idle of [40, 72, 80, 300]) {
      expect(idle / sizeOf(measured(100, idle), AUTO).requests.memoryMiB).toBeLessThan(0.8);
    }
  });
});

describe('the demand of a service', () => {
  it('is maximum, surge and stopping pods at its peak', () => {
    expect(serviceDemand(quotes, AUTO)).toEqual({
      name: 'quotes',
      namespace: production.namespace,
      minPods: 3,
      maxPods: 20,
      peakPods: 26,
      requests: { cpuMillis: 290, memoryMiB: 144, ephemeralMiB: 1_024 },
      limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: 2_048 },
      hosts: 'even',
      claimsGi: [],
    });
  });

  it('may go to any host where the spread is a wish', () => {
    expect(serviceDemand(quotes, { ...AUTO, spread: { hosts: 'preferred', zones: 'none' } }).hosts).toBe('any');
  });
});
