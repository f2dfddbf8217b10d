import { describe, expect, it } from 'vitest';
import { watchedIn } from '../../../test/platform.ts';
import { production } from '../../environments/production.ts';
import { staging } from '../../environments/staging.ts';
import type { WatchedService } from '../../plan/part.ts';
import { cpuThresholds, memoryThresholds, usageProblems } from './usage-alerts.ts';

const services = [staging, production].flatMap((environment) => watchedIn(environment).services);
const front = services.find(({ name }) => name === 'front');

/** A service whose request is its limit, so that the autoscaler holds a high share of it. */
function tight(service: WatchedService | undefined, cpuPercent: number): WatchedService {
  if (service === undefined) throw new Error('there is no front');
  const limits = { cpuMillis: 500, memoryMiB: 512, ephemeralMiB: null };
  return {
    ...service,
    targets: { cpuPercent, memoryPercent: 80 },
    size: { ...service.size, requests: limits, limits },
  };
}

describe('warnings about use', () => {
  it('stand well above what the autoscaler holds, in percent of the same limit', () => {
    for (const service of services) {
      for (const { warning, critical, held } of [cpuThresholds(service), memoryThresholds(service)]) {
        expect(warning).toBeGreaterThanOrEqual((held ?? 0) + 10);
        expect(warning).toBeLessThan(critical);
      }
    }
  });

  it('move up where the request is the limit', () => {
    expect(cpuThresholds(tight(front, 70))).toEqual({ warning: 80, critical: 90, held: 70 });
  });

  it('are refused where nothing is left between autoscaler and page', () => {
    expect(usageProblems(tight(front, 80))).toEqual([
      expect.stringMatching(/^front: scaling\.cpuPercent 80 holds 80 % .* raise limits\.cpuMillis \(500\) or lower/),
    ]);
    expect(usageProblems(tight(front, 70))).toEqual([]);
  });

  it('are the plain figures where nothing scales', () => {
    if (front === undefined) throw new Error('there is no front');
    expect(cpuThresholds({ ...front, targets: null })).toEqual({ warning: 70, critical: 90, held: null });
    expect(memoryThresholds({ ...front, targets: null })).toEqual({ warning: 80, critical: 95, held: null });
  });
});
