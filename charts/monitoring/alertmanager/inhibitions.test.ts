import { describe, expect, it } from 'vitest';
import { catalog } from '../../catalog.ts';
import { production } from '../../environments/production.ts';
import type { Alert } from '../rules/rule.ts';
import { ruleGroups } from '../rules/rule-groups.ts';
import { watchOf } from '../watch.ts';
import { INHIBITIONS, type Inhibition } from './inhibitions.ts';

const watch = watchOf(production, catalog);
const alerts = watch === null ? [] : ruleGroups(watch).flatMap((group) => group.alerts);

function holds(matchers: readonly string[], alert: Alert): boolean {
  const labels: Record<string, string> = { alertname: alert.name, severity: alert.severity, symptom: alert.symptom };
  return matchers.every((text) => {
    const [, label = '', values = ''] = /^(\w+)=~?"(.*)"$/.exec(text) ?? [];
    return values.split('|').includes(labels[label] ?? '');
  });
}

const silences = (source: string, { target }: Inhibition) =>
  alerts.filter((alert) => holds(target, alert)).map(({ name }) => `${source} > ${name}`);

describe('what is silenced', () => {
  it('is never what silences, so that an incident always has one mail', () => {
    for (const { source, target } of INHIBITIONS) {
      expect(alerts.filter((alert) => holds(source, alert) && holds(target, alert)).map(({ name }) => name)).toEqual(
        [],
      );
    }
  });

  it('has a rule on either side that exists', () => {
    for (const { source, target } of INHIBITIONS) {
      expect(
        alerts.some((alert) => holds(source, alert)),
        source.join(),
      ).toBe(true);
      expect(
        alerts.some((alert) => holds(target, alert)),
        target.join(),
      ).toBe(true);
    }
  });

  it('is, when no primary answers, what follows from it: lost clients, replicas without a primary, errors of every service', () => {
    const dead = INHIBITIONS.filter(({ source }) => source.includes('alertname="RedisDown"'));
    const silenced = dead.flatMap((inhibition) => silences('RedisDown', inhibition));
    expect(silenced).toContain('RedisDown > ServiceLostRedis');
    expect(silenced).toContain('RedisDown > RedisReplicationBroken');
    expect(silenced).toContain('RedisDown > HighErrorRate');
    expect(silenced).not.toContain('RedisDown > RedisPersistenceFailing');
  });
});
