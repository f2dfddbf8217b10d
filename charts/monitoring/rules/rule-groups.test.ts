import { describe, expect, it } from 'vitest';
import { catalog } from '../../catalog.ts';
import { dev } from '../../environments/dev.ts';
import type { Environment } from '../../environments/environment.ts';
import { production } from '../../environments/production.ts';
import { staging } from '../../environments/staging.ts';
import { type Watch, watchOf } from '../watch.ts';
import { BURN_WINDOWS } from './burn-windows.ts';
import { ruleGroupDocument } from './rule-file.ts';
import { ruleGroups } from './rule-groups.ts';
import { slisOf } from './sli.ts';

function watch(environment: Environment): Watch {
  const found = watchOf(environment, catalog);
  if (found === null) throw new Error(`${environment.name} is not watched`);
  return found;
}

const alertsOf = (environment: Environment) => ruleGroups(watch(environment)).flatMap((group) => group.alerts);

describe('the rules of an environment', () => {
  it('are none where nobody watches', () => {
    expect(watchOf(dev, catalog)).toBeNull();
  });

  it('promise the availability of the catalog to every service', () => {
    for (const { name } of catalog) {
      const page = alertsOf(production).find(
        (alert) => alert.name === 'AvailabilityBudgetBurningFast' && alert.service === name,
      );
      expect(page?.expr).toContain('> 0.0144');
      expect(page?.severity).toBe('critical');
    }
  });

  it('burn by the windows and factors of the SRE workbook', () => {
    expect(BURN_WINDOWS.map(({ factor, long, short }) => [factor, long, short])).toEqual([
      [14.4, '1h', '5m'],
      [6, '6h', '30m'],
      [3, '1d', '2h'],
      [1, '3d', '6h'],
    ]);
  });

  it('know replicas of Redis only where there are some', () => {
    const names = (environment: Environment) => alertsOf(environment).map(({ name }) => name);
    expect(names(production)).toContain('RedisReplicationBroken');
    expect(names(staging)).not.toContain('RedisReplicationBroken');
    expect(names(production)).toContain('RedisSentinelsMissing');
    expect(names(staging)).not.toContain('RedisSentinelsMissing');
    expect(names(staging)).toContain('RedisDown');
  });

  it('alert below the floor that the environment promises', () => {
    const below = alertsOf(staging).find(({ name, service }) => name === 'PodsBelowFloor' && service === 'users');
    expect(below?.expr).toMatch(/< 2$/);
  });

  it('say of every percentage of CPU, memory and disk what it is a percentage of', () => {
    const usage = alertsOf(production).filter(({ symptom }) => ['cpu', 'memory', 'disk'].includes(symptom));
    expect(usage).toHaveLength(catalog.length * 5);
    for (const { description } of usage) expect(description).toMatch(/% of the .*limit.* \(not of the request\)/);
  });

  it('give every alert a severity, a runbook, a dashboard and a namespace to route by', () => {
    const documents = ruleGroups(watch(production)).map((group) => ruleGroupDocument(group, watch(production)));
    for (const rule of documents.flatMap(({ rules }) => rules).filter((one) => 'alert' in one)) {
      expect(rule).toMatchObject({
        for: expect.stringMatching(/^\d+[smh]$/),
        labels: { severity: expect.stringMatching(/critical|warning|none/), namespace: 'quotes-production' },
        annotations: {
          summary: expect.stringMatching(/\w/),
          runbook_url: expect.stringContaining('/docs/runbooks/'),
          dashboard_url: expect.stringContaining('/d/quotes-'),
        },
      });
    }
  });

  it('refuse an objective that the histogram cannot measure', () => {
    const [service] = watch(production).services;
    if (service === undefined) throw new Error('the catalog is empty');
    const odd = { ...service, objectives: { ...service.objectives, p95Seconds: 0.3 } };
    expect(() => slisOf(odd, watch(production))).toThrow(/front: the objective of 0.3 s .* is no bucket .*0.25, 0.5/);
  });
});
