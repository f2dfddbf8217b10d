import { describe, expect, it } from 'vitest';
import { watchedIn } from '../../../test/platform.ts';
import { catalog } from '../../catalog.ts';
import { production } from '../../environments/production.ts';
import { dashboardFiles } from './dashboard-files.ts';

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit?: string;
      readonly min?: number;
      readonly thresholds?: { readonly steps: object[] };
    };
  };
  readonly targets: readonly { readonly refId: string }[];
}

const pages = dashboardFiles(watchedIn(production)).map(({ name, json }) => ({
  name,
  json,
  panels: (JSON.parse(json) as { panels: Panel[] }).panels,
}));

describe('the dashboards', () => {
  it('are an overview, one a service, Redis and capacity', () => {
    expect(pages.map(({ name }) => name)).toEqual([
      ...['overview', ...catalog.map(({ name }) => name), 'redis', 'capacity'],
    ]);
  });

  it.each(pages)('$name can be read by a person: few panels, each with a title, a text, a unit', ({ panels }) => {
    expect(panels.length).toBeLessThanOrEqual(20);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const { title, description, fieldConfig, targets } of panels) {
      expect(title).not.toBe('');
      expect(description).toMatch(/\.$/);
      expect(fieldConfig.defaults.unit, title).toBeDefined();
      expect(fieldConfig.defaults.thresholds?.steps.length, title).toBeGreaterThan(0);
      expect(targets.length, title).toBeGreaterThan(0);
    }
  });

  it('shows an error budget that is overspent', () => {
    const budgets = pages.flatMap(({ panels }) => panels).filter(({ title }) => title.startsWith('Error budget by'));
    expect(budgets).toHaveLength(catalog.filter(({ objectives }) => objectives !== undefined).length + 1);
    for (const { fieldConfig } of budgets) expect(fieldConfig.defaults.min).toBeUndefined();
  });

  it.each(pages)('$name lays no panel over another', ({ panels }) => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });

  it.each(pages)('$name fits into what client-side apply can annotate', ({ json }) => {
    expect(JSON.stringify(json).length).toBeLessThan(128 * 1_024);
  });
});
