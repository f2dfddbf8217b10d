import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../delivery/run.ts';
import { requireProgram } from '../test/requires.ts';
import { filesOf, renderedObjects } from './observability/rendered.ts';

const go = requireProgram('go');
const folder = mkdtempSync(join(tmpdir(), 'dashboards-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What Grafana's own schema says of dashboards. */
async function problemsOf(dashboards: Readonly<Record<string, string>>): Promise<string> {
  const files = Object.entries(dashboards).map(([name, json]) => {
    writeFileSync(join(folder, name), json);
    return join(folder, name);
  });
  const { code, stdout, stderr } = await run(go ?? '', ['run', '.', ...files], {
    cwd: join(import.meta.dirname, 'observability/schema'),
    timeoutMs: 400_000,
  });
  expect(code, stderr).toBe(0);
  return stdout;
}

function dashboardsOf(environment: string): Record<string, string> {
  const objects = renderedObjects(environment);
  const names = objects.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('grafana-dashboard-'));
  return Object.assign({}, ...[...new Set(names)].map((name) => filesOf(objects, name)));
}

describe.skipIf(go === undefined)("the dashboards, read by Grafana's own schema", () => {
  it.each(['staging', 'production'])(
    'of %s have no field and no value that it does not know',
    async (environment) => {
      const dashboards = dashboardsOf(environment);
      expect(Object.keys(dashboards).length).toBeGreaterThan(5);
      expect(await problemsOf(dashboards)).toBe('');
    },
    420_000,
  );

  it('are judged: a field that is misspelt is found', async () => {
    const { 'overview.json': overview = '' } = dashboardsOf('production');
    const misspelt = overview.replace('"graphMode"', '"graphMod"');
    expect(misspelt).not.toBe(overview);
    expect(await problemsOf({ 'misspelt.json': misspelt })).toContain("unexpected field 'graphMod'");
  }, 420_000);
});
