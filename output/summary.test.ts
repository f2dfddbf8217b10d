import { describe, expect, it } from 'vitest';
import { production } from '../charts/environments/production.ts';
import { plansOf } from '../charts/plan/plan.ts';
import { atPeak, totalOf } from '../charts/plan/resource-demand.ts';
import { synthesize } from '../charts/synthesize.ts';
import { PLATFORM, planOf } from '../test/platform.ts';
import { summary } from './summary.ts';

const NOTHING = { added: [], changed: [], removed: [] };
const FILES = synthesize(PLATFORM);
const PLANS = plansOf(PLATFORM);
const TEXT = summary(PLANS, FILES, NOTHING);

/** The cells of the row that begins with a label. */
function row(label: string, text = TEXT): string[] {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`│ ${label} `)) ?? '';
  return line
    .split('│')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

describe('the summary of a synthesis', () => {
  it('counts the objects of each environment by kind, its addons among them', () => {
    const names = PLATFORM.environments.map(({ name }) => name);
    expect(row('objects')).toEqual(names);
    const countOf = (kind: string) => Object.fromEntries(row(kind).map((count, index) => [names[index], count]));
    const scaled = String(PLATFORM.catalog.length);
    expect(countOf('HorizontalPodAutoscaler')).toMatchObject({ dev: '-', staging: scaled, production: scaled });
    expect(countOf('Middleware')).toMatchObject({ dev: '-', staging: '3', production: '3' });
  });

  it('counts every object of every environment once', () => {
    const names = PLATFORM.environments.map(({ name }) => name).join('|');
    const ofEnvironments = FILES.filter(({ path }) => new RegExp(`\\b(?:${names})\\.k8s\\.yaml$`).test(path));
    const sum = row('total').reduce((total, count) => total + Number(count), 0);
    expect(sum).toBe(ofEnvironments.reduce((total, { objects }) => total + objects.length, 0));
  });

  it('sets what an environment may ask for at its peak against its budget', () => {
    const peak = totalOf(planOf(production).demands, atPeak);
    const quotas = TEXT.split('\n').filter((line) => line.includes('quota (maximum, surge, stopping)'));
    expect(quotas).toHaveLength(PLATFORM.environments.length);
    expect(quotas.at(-1)).toContain(` ${peak.pods} `);
    expect(quotas.at(-1)).toContain(` ${peak.requests.cpuMillis}m `);
    expect(TEXT).toContain(`budget of ${production.budget.nodes} nodes`);
    expect(TEXT).toContain('budget of 1 node ');
  });

  it('tells what has changed, and of many only the first', () => {
    const changed = Array.from({ length: 10 }, (_, index) => `ConfigMap a/${index}`);
    const text = summary(PLANS, FILES, { ...NOTHING, changed, removed: ['Secret a/b'] });
    expect(text).toContain('changed: ConfigMap a/0, ConfigMap a/1,');
    expect(text).toContain('ConfigMap a/7 and 2 more\n');
    expect(text).toContain('removed: Secret a/b');
    expect(text).not.toContain('added:');
  });

  it('says so when nothing has changed', () => {
    expect(TEXT).toContain('dist/ is unchanged');
  });
});
