import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { production } from '../charts/environments/production.ts';
import { ruleGroups } from '../charts/monitoring/rules/rule-groups.ts';
import { FAULTS } from '../e2e/cluster/full/faults.ts';
import { PAGE, UNFIRED } from '../e2e/cluster/full/faults-page.ts';
import { planOf } from './platform.ts';

const { monitoring } = planOf(production);
const alerts =
  monitoring === null ? [] : ruleGroups(monitoring).flatMap((group) => group.alerts.map(({ name }) => name));
const fired = FAULTS.flat().flatMap(({ alerts, hidden = [] }) =>
  [...alerts, ...hidden].map((alert) => alert.split(' ')[0]),
);

describe('docs/faults.md', () => {
  it('has every alert of production: a fault that fires it, or the reason why there is none', () => {
    expect([...new Set([...fired, ...Object.keys(UNFIRED)])].sort()).toEqual([...new Set(alerts)].sort());
    expect(Object.keys(UNFIRED).filter((alert) => fired.includes(alert))).toEqual([]);
  });

  it('shows the faults and alerts that the suite has now', () => {
    const page = readFileSync(PAGE, 'utf8');
    for (const { name, alerts, hidden = [], echoes = [] } of FAULTS.flat()) {
      const row = page.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? '';
      const listed = [...row.matchAll(/\[(\w+)\]\([^)]*\) \(([\w-]+)\)/g)].map(
        ([, alert, service]) => `${alert} ${service}`,
      );
      expect([name, listed]).toEqual([name, [...alerts, ...hidden, ...echoes]]);
    }
    for (const alert of Object.keys(UNFIRED))
      expect(page).toContain(`| [${alert}](runbooks/${alert}.md) | ${UNFIRED[alert]} |`);
  });
});
