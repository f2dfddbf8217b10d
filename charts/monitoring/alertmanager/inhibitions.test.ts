import { describe, expect, it } from 'vitest';
import { watchedIn } from '../../../test/platform.ts';
import { production } from '../../environments/production.ts';
import type { Alert } from '../../plan/alert.ts';
import { ruleGroups } from '../rules/rule-groups.ts';
import { EVALUATION_SECONDS, SCRAPE_SECONDS } from '../standalone/prometheus.ts';
import { INHIBITIONS, type Inhibition, routeOf } from './config.ts';

const groups = ruleGroups(watchedIn(production));
const alerts = groups.flatMap((group) => group.alerts);

function seconds(duration: string): number {
  const [, count = '', unit = ''] = /^(\d+)([smh])$/.exec(duration) ?? [];
  return Number(count) * ({ s: 1, m: 60, h: 3_600 }[unit] ?? Number.NaN);
}

/** Seconds that an expression looks back, by itself or through what is recorded. */
function windowsOf(expr: string): number[] {
  const recorded = groups.flatMap(({ recordings }) => recordings).filter(({ record }) => expr.includes(record));
  return [expr, ...recorded.map((recording) => recording.expr)].flatMap((text) =>
    [...text.matchAll(/\[(\w+)\]/g)].map(([, window = '']) => seconds(window)),
  );
}

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

  // A burnt budget is news of its own: its windows of half an hour are not waited for.
  it('stays silent until its own windows have forgotten the cause', () => {
    const scrapedAndJudged = SCRAPE_SECONDS + EVALUATION_SECONDS;
    for (const { source, target } of INHIBITIONS.filter(({ source: [first] }) => first?.startsWith('alertname'))) {
      const slowest = Math.max(
        ...alerts
          .filter((alert) => holds(target, alert) && alert.severity === 'critical' && alert.slo === undefined)
          .flatMap(({ expr }) => windowsOf(expr)),
      );
      const causes = alerts.filter((alert) => holds(source, alert));
      for (const { name, keepFiringFor = '0s' } of causes) {
        expect(seconds(keepFiringFor), name).toBeGreaterThanOrEqual(slowest + scrapedAndJudged);
      }
    }
  });

  it('waits with its first page until a cause, read and judged an interval later, has come', () => {
    const { monitoring } = production;
    const routes = monitoring.kind === 'off' ? [] : routeOf(monitoring.mail).routes;
    const page = routes.find(({ receiver }) => receiver === 'page');
    expect(seconds(page?.group_wait ?? '0s')).toBeGreaterThanOrEqual(SCRAPE_SECONDS + EVALUATION_SECONDS);
  });
});
