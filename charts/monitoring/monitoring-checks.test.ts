import { describe, expect, it } from 'vitest';
import { PLATFORM, serviceOf } from '../../test/platform.ts';
import { mailTo, monitoringAt } from '../environments/defaults.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { AutoScaling, Environment } from '../plan/environment.ts';
import { monitoringProblems } from './part.ts';

const SCALING = production.scaling as AutoScaling;

const size = { cpuMillis: 100, memoryMiB: 512, ephemeralMiB: 128 };
const standalone = {
  ...monitoringAt('quotes.example.com'),
  prometheusSize: { storageGi: 10, requests: size, limits: size },
  jaeger: false,
  mail: mailTo('production'),
};

const problemsOf = (environment: Environment) => monitoringProblems({ ...PLATFORM, environment });

describe('the monitoring of an environment', () => {
  it('holds together in the environments that there are', () => {
    expect([dev, production].flatMap(problemsOf)).toEqual([]);
  });

  it('keeps metrics longer than an error budget counts', () => {
    expect(problemsOf({ ...production, monitoring: { ...standalone, retentionDays: 15 } })).toEqual([
      'monitoring.retentionDays 15 is too short: an error budget counts 30 days; give at least 31',
    ]);
  });

  it('tells a mail server that the policies would cut off', () => {
    for (const mail of [
      { ...standalone.mail, addresses: [] },
      { ...standalone.mail, port: 25 },
    ]) {
      const [problem] = problemsOf({ ...production, monitoring: { ...standalone, mail } });
      expect(problem).toBe(
        `monitoring.mail.port ${mail.port} is in none of monitoring.mail.addresses: no mail would get out; add its CIDR with that port`,
      );
    }
  });

  it('tells an autoscaler that leaves no room for a warning, with the figures to change', () => {
    const limits = { cpuMillis: 300, memoryMiB: 1_024, ephemeralMiB: 2_048 };
    const tight = {
      ...production,
      sizing: { users: { limits }, front: { limits: { ...limits, cpuMillis: 2_000 } } },
      scaling: { ...SCALING, cpuPercent: 85 },
    };
    expect(problemsOf(tight)).toEqual([
      expect.stringMatching(
        /^users: scaling\.cpuPercent 85 holds 82 % of the cpuMillis limit, .*; raise limits\.cpuMillis \(300\)/,
      ),
    ]);
  });

  it('tells an objective that the histogram cannot measure', () => {
    const front = serviceOf('front');
    if (front.objectives === undefined) throw new Error('the front promises nothing');
    const odd = { ...front, objectives: { ...front.objectives, p95Seconds: 0.3 } };
    const catalog = PLATFORM.catalog.map((service) => (service === front ? odd : service));
    expect(monitoringProblems({ ...PLATFORM, catalog, environment: production })).toEqual([
      expect.stringMatching(
        /^front: objectives\.p95Seconds 0\.3 is not a bucket of the duration histogram; choose one of .*0\.25, 0\.5/,
      ),
    ]);
  });
});
