import { describe, expect, it } from 'vitest';
import { PLATFORM, planOf, watchedIn } from '../../../test/platform.ts';
import { catalog } from '../../catalog.ts';
import { dev } from '../../environments/dev.ts';
import { production } from '../../environments/production.ts';
import { staging } from '../../environments/staging.ts';
import type { Environment } from '../../plan/environment.ts';
import { EMPTY_PART, type Part } from '../../plan/part.ts';
import type { ServiceSpec } from '../../plan/service-spec.ts';
import { dashboard } from '../dashboards/dashboard.ts';
import { ruleGroupDocument, ruleGroups } from './rule-groups.ts';
import { BURN_WINDOWS } from './sli.ts';

const alertsOf = (environment: Environment) => ruleGroups(watchedIn(environment)).flatMap((group) => group.alerts);

describe('the rules of an environment', () => {
  it('are none where nobody watches', () => {
    expect(planOf(dev).monitoring).toBeNull();
  });

  it('promise the availability of the catalog to every service that promises it', () => {
    for (const { name } of catalog.filter(({ objectives }) => objectives !== undefined)) {
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

  it('hold what a part of the platform brings, in a group of its name', () => {
    const [alert] = alertsOf(production);
    if (alert === undefined) throw new Error('production has alerts');
    const page = () => dashboard(watchedIn(production), { ref: 'cache', title: '', description: '', panels: [] });
    const cache: Part = { ...EMPTY_PART, name: 'cache', monitoring: { alerts: () => [alert], page, overview: [] } };
    const groups = ruleGroups({ ...watchedIn(production), parts: [cache] });
    expect(groups.find(({ name }) => name === 'cache')?.alerts).toEqual([alert]);
    expect(groups.some(({ name }) => name === 'redis')).toBe(false);
  });

  it('know replicas of Redis only where there are some', () => {
    const names = (environment: Environment) => alertsOf(environment).map(({ name }) => name);
    expect(names(production)).toContain('RedisReplicationBroken');
    expect(names(staging)).not.toContain('RedisReplicationBroken');
    expect(names(production)).toContain('RedisSentinelsMissing');
    expect(names(staging)).not.toContain('RedisSentinelsMissing');
    expect(names(staging)).toContain('RedisDown');
  });

  it('alert below the minReplicas that the environment promises', () => {
    const below = alertsOf(staging).find(({ name, service }) => name === 'PodsBelowMinReplicas' && service === 'users');
    expect(below?.expr).toMatch(/< 2$/);
  });

  it('say of every percentage of CPU, memory and disk what it is a percentage of', () => {
    const usage = alertsOf(production).filter(({ symptom }) => ['cpu', 'memory', 'disk'].includes(symptom));
    expect(usage).toHaveLength(catalog.filter(({ image }) => image === undefined).length * 5);
    for (const { description } of usage) expect(description).toMatch(/% of the .*limit.* \(not of the request\)/);
  });

  it('give every alert a severity, a runbook, a dashboard and a namespace to route by', () => {
    const documents = ruleGroups(watchedIn(production)).map((group) => ruleGroupDocument(group, watchedIn(production)));
    for (const rule of documents.flatMap(({ rules }) => rules).filter((one) => 'alert' in one)) {
      expect(rule).toMatchObject({
        for: expect.stringMatching(/^\d+[smh]$/),
        labels: { severity: expect.stringMatching(/critical|warning|none/), namespace: production.namespace },
        annotations: {
          summary: expect.stringMatching(/\w/),
          runbook_url: expect.stringContaining('/docs/runbooks/'),
          dashboard_url: expect.stringContaining(`/d/${PLATFORM.project.name}-`),
        },
      });
    }
  });

  it('are made of what a service shows: none about requests where it counts none', () => {
    const foreign: ServiceSpec = { name: 'cache', description: 'Somebody else’s', ports: { tcp: 7000 } };
    const { monitoring } = planOf(production, [...catalog, foreign]);
    if (monitoring === null) throw new Error('production is not watched');
    const about = ruleGroups(monitoring).flatMap(({ alerts }) => alerts.filter(({ service }) => service === 'cache'));
    expect(about.map(({ name }) => name)).toEqual([
      ...[
        'PodsBelowMinReplicas',
        'RolloutStuck',
        'AutoscalerAtMaxReplicas',
        'AutoscalerFlapping',
        'AutoscalerWithoutMetrics',
      ],
    ]);
  });
});
