import { describe, expect, it } from 'vitest';
import { PLATFORM, planOf, serviceOf, watchedIn } from '../../../test/platform.ts';
import { catalog } from '../../catalog.ts';
import { production } from '../../environments/production.ts';
import { staging } from '../../environments/staging.ts';
import { dashboardFiles } from './dashboard-files.ts';

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit?: string;
      readonly min?: number;
      readonly thresholds: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
      readonly mappings?: readonly object[];
      readonly links?: readonly { readonly url: string }[];
    };
    readonly overrides: readonly { readonly properties: readonly { readonly id: string; readonly value: unknown }[] }[];
  };
  readonly targets: readonly { readonly instant: boolean }[];
}

interface Row {
  readonly type: 'row';
  readonly gridPos: Panel['gridPos'];
  readonly panels: readonly Panel[];
}

interface Page {
  readonly panels: readonly (Panel | Row)[];
  readonly links: readonly { readonly title: string }[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr?: string }[] };
}

function pagesOf(context: Parameters<typeof dashboardFiles>[0]) {
  return dashboardFiles(context).map(({ name, json }) => {
    const page = JSON.parse(json) as Page;
    return { name, json, page, panels: page.panels.flatMap((panel) => ('panels' in panel ? panel.panels : [panel])) };
  });
}

/** Services that promised something: all of them are ours, and show what they use. */
const promising = catalog.filter(({ objectives }) => objectives !== undefined).map(({ name }) => name);
const pages = pagesOf(watchedIn(production));
const panelOf = (page: string, title: string, of = pages): Panel => {
  const found = of.find(({ name }) => name === page)?.panels.find((panel) => panel.title === title);
  if (found === undefined) throw new Error(`${page} has no panel '${title}'`);
  return found;
};
const stepsOf = ({ fieldConfig }: Panel) => fieldConfig.defaults.thresholds.steps;
const colorAt = (panel: Panel, value: number) =>
  stepsOf(panel).findLast((step) => (step.value ?? -1e9) <= value)?.color;

/** A browser on a screen of 1,920 by 1,080 shows 24 of Grafana's rows of 38 pixels below its own bars. */
const SCREEN_ROWS = 24;

describe('the dashboards', () => {
  it('are an overview, one a service, one for any pod, Redis and capacity', () => {
    expect(pages.map(({ name }) => name)).toEqual([
      ...['overview', ...catalog.map(({ name }) => name), 'pod', 'redis', 'capacity'],
    ]);
  });

  it.each(pages)('$name fits a screen: what does not is folded', ({ page }) => {
    expect(Math.max(...page.panels.map(({ gridPos: { y, h } }) => y + h))).toBeLessThanOrEqual(SCREEN_ROWS);
  });

  it.each(pages)('$name can be read by a person: every panel has a title, a text, a unit and limits', ({ panels }) => {
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const { type, title, description, fieldConfig, targets } of panels) {
      expect(title).not.toBe('');
      expect(description, title).toMatch(/\.$/);
      expect(targets.length, title).toBeGreaterThan(0);
      if (type === 'table') {
        const units = fieldConfig.overrides.filter(({ properties }) => properties.some(({ id }) => id === 'unit'));
        expect(units.length, title).toBe(targets.length);
      } else {
        expect(fieldConfig.defaults.unit, title).toBeDefined();
        expect(fieldConfig.defaults.thresholds.steps.length, title).toBeGreaterThan(0);
      }
    }
  });

  it.each(pages)('$name lays no panel over another', ({ page }) => {
    const cells = page.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...page.panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });

  it.each(pages)('$name fits into what client-side apply can annotate', ({ json }) => {
    expect(JSON.stringify(json).length).toBeLessThan(128 * 1_024);
  });

  it.each(pages)('$name marks deployments and alerts', ({ page }) => {
    const marks = new Map(page.annotations.list.map(({ name, expr }) => [name, expr]));
    expect(marks.get('Deployments')).toMatch(/version.* unless .*offset 5m/);
    expect(marks.get('Alerts')).toContain('alertstate="firing"');
  });

  it('shows an error budget that is overspent', () => {
    const budgets = pages.flatMap(({ panels }) => panels).filter(({ title }) => title.startsWith('Error budget by'));
    expect(budgets).toHaveLength(promising.length + 1);
    for (const { fieldConfig } of budgets) expect(fieldConfig.defaults.min).toBeUndefined();
  });
});

describe('a quiet night', () => {
  const figures = pages.flatMap(({ name, panels }) =>
    panels.filter(({ type }) => type === 'stat').map((panel) => ({ name, title: panel.title, panel })),
  );

  it.each(figures)('has no colour where there is no value: $title of $name', ({ panel }) => {
    expect(panel.fieldConfig.defaults.mappings).toEqual([
      { type: 'special', options: { match: 'null+nan', result: expect.objectContaining({ color: 'text' }) } },
    ]);
  });

  it('is judged by the values of now, not by the last ones of three hours', () => {
    for (const { panel } of figures) expect(panel.targets.map(({ instant }) => instant)).toEqual([true]);
  });

  it('is green: nothing fires, every service has its minReplicas, every server is up, no budget is spent', () => {
    expect(colorAt(panelOf('overview', 'Alerts'), 0)).toBe('green');
    for (const { name, size } of watchedIn(production).services) {
      const pods = panelOf(name, 'Pods');
      expect(colorAt(pods, size.minReplicas), name).toBe('green');
      expect(colorAt(pods, size.minReplicas - 1), name).toBe('red');
    }
    for (const name of promising) {
      expect(colorAt(panelOf(name, 'Error budget left'), 1)).toBe('green');
      expect(colorAt(panelOf(name, 'Error budget left'), -0.01)).toBe('red');
    }
    const servers = panelOf('redis', 'Servers up');
    expect([3, 2, 1].map((up) => colorAt(servers, up))).toEqual(['green', 'orange', 'red']);
  });
});

describe('limits', () => {
  it('are what a service promised', () => {
    const front = serviceOf('front');
    const objectives = { availabilityPercent: 99.5, p95Seconds: 0.1, p99Seconds: 0.25 };
    const { monitoring } = planOf(
      production,
      catalog.map((service) => (service === front ? { ...front, objectives } : service)),
    );
    if (monitoring === null) throw new Error('production is not watched');
    const changed = pagesOf(monitoring);
    const limits = (page: string, title: string) => stepsOf(panelOf(page, title, changed)).map(({ value }) => value);
    expect(limits(front.name, 'P95')).toEqual([null, 0.1, 0.25]);
    expect(limits(front.name, 'Failed requests')).toEqual([null, 0.005, 0.05]);
    // The strictest promise of all.
    expect(limits('overview', 'P95')).toEqual([null, 0.1, 0.25]);
    expect(limits('overview', 'Failed requests')).toEqual([null, 0.001, 0.05]);
  });
});

describe('the way from the overview to the cause', () => {
  const linked = (panel: Panel) => [
    ...(panel.fieldConfig.defaults.links ?? []),
    ...panel.fieldConfig.overrides.flatMap(({ properties }) =>
      properties.flatMap(({ id, value }) => (id === 'links' ? (value as { readonly url: string }[]) : [])),
    ),
  ];
  const urls = (page: string, title: string) => linked(panelOf(page, title)).map(({ url }) => url);
  const prefix = `/d/${PLATFORM.project.name}-`;

  it('lists what fires: its runbook, its pod and its page are a click away', () => {
    expect(urls('overview', 'Firing alerts').map((url) => url.split('?')[0])).toEqual([
      expect.stringMatching(/\/docs\/runbooks\/\$\{__value\.text\}\.md$/),
      `${prefix}pod`,
      expect.stringMatching(/^\/d\/\$\{__value\.text\}$/),
    ]);
  });

  it('leads from every service to its page, and from there to its pods', () => {
    for (const title of ['Services', 'API response time (P95)', 'Failed requests per service', 'CPU, busiest pod']) {
      expect(urls('overview', title), title).toEqual([expect.stringContaining(`${prefix}\${__`)]);
    }
    for (const name of promising) {
      expect(urls(name, 'CPU by pod'), name).toEqual([
        expect.stringMatching(new RegExp(`^${prefix}pod\\?.*&var-pod=\\$\\{__field\\.labels\\.pod\\}$`)),
      ]);
    }
  });

  it('keeps the environment and the time', () => {
    const inside = pages.flatMap(({ panels }) => panels.flatMap(linked)).filter(({ url }) => url.startsWith('/d/'));
    expect(inside.length).toBeGreaterThan(20);
    for (const { url } of inside) expect(url).toMatch(/\?\$\{namespace:queryparam\}&\$\{__url_time_range\}/);
  });

  it('ends at runbooks, at logs, and at traces where they are kept', () => {
    const titles = (of: typeof pages) => of.find((page) => page.name === 'front')?.page.links.map(({ title }) => title);
    expect(titles(pages)).toEqual(['Pages', 'Runbooks', 'Logs']);
    expect(titles(pagesOf(watchedIn(staging)))).toEqual(['Pages', 'Traces', 'Runbooks', 'Logs']);
  });
});
