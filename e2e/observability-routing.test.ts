import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { environments } from '../charts/environments/all.ts';
import { ruleGroups } from '../charts/monitoring/rules/rule-groups.ts';
import type { Alert, SEVERITIES } from '../charts/plan/alert.ts';
import { planOf } from '../test/platform.ts';
import { requireProgram } from '../test/requires.ts';
import { filesOf, renderedObjects } from './observability/rendered.ts';

const run = promisify(execFile);
const amtool = requireProgram('amtool');
const folder = mkdtempSync(join(tmpdir(), 'routing-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Who hears of an alert of a severity. */
const RECEIVER: Readonly<Record<(typeof SEVERITIES)[number], string>> = {
  critical: 'page',
  warning: 'ticket',
  none: 'heartbeat',
};

const watched = environments.flatMap((environment) => {
  const watch = planOf(environment).monitoring;
  return watch === null ? [] : [{ environment, watch }];
});

describe.skipIf(!amtool)('the routes, judged by amtool', () => {
  it.each(watched)('$environment.name: the configuration and its templates are correct', async ({ environment }) => {
    const { stdout } = await run(amtool ?? '', ['check-config', writeConfig(environment.name)]);
    expect(stdout).toContain('SUCCESS');
    expect(stdout).toContain('1 templates');
  });

  it.each(watched)(
    '$environment.name: every alert ends with the people of its severity',
    async ({ environment, watch }) => {
      const config = writeConfig(environment.name);
      const alerts = [...distinct(ruleGroups(watch).flatMap((group) => group.alerts))];
      expect(alerts.length).toBeGreaterThan(30);
      for (const alert of alerts) {
        const labels = [`alertname=${alert.name}`, `severity=${alert.severity}`, `symptom=${alert.symptom}`];
        const { stdout } = await run(amtool ?? '', ['config', 'routes', 'test', `--config.file=${config}`, ...labels]);
        expect(`${alert.name} -> ${stdout.trim()}`).toBe(`${alert.name} -> ${RECEIVER[alert.severity]}`);
      }
    },
  );
});

/** One of each name: routes know no more. */
function distinct(alerts: readonly Alert[]): Iterable<Alert> {
  return new Map(alerts.map((alert) => [alert.name, alert])).values();
}

/** Alertmanager's files of dist/, with the templates where they are written. */
function writeConfig(environment: string): string {
  const files = filesOf(renderedObjects(environment), 'alertmanager-config');
  const path = join(folder, `${environment}.yaml`);
  const template = join(folder, `${environment}.tmpl`);
  writeFileSync(template, files['mail.tmpl'] ?? '');
  writeFileSync(path, (files['alertmanager.yaml'] ?? '').replace('/etc/alertmanager/*.tmpl', template));
  return path;
}
