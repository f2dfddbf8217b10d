import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dump, load } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import { dashboardFiles } from '../charts/monitoring/dashboards/dashboard-files.ts';
import { NO_TRAFFIC } from '../charts/monitoring/dashboards/panels.ts';
import { trafficOf } from '../charts/monitoring/rules/proof.ts';
import { ruleGroupDocument, ruleGroups } from '../charts/monitoring/rules/rule-groups.ts';
import { promises, slisOf } from '../charts/monitoring/rules/sli.ts';
import type { MonitoringContext } from '../charts/plan/part.ts';
import { at } from '../test/manifests.ts';
import { planOf } from '../test/platform.ts';
import { requireProgram } from '../test/requires.ts';
import { proofFiles } from './observability/proof-files.ts';

const run = promisify(execFile);
const promtool = requireProgram('promtool');
const folder = mkdtempSync(join(tmpdir(), 'rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a YAML file into the scratch folder and returns its path. */
function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, dump(content, { noRefs: true, lineWidth: -1 }));
  return path;
}

/** Runs promtool; a failure carries what it printed. */
async function promtoolSays(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(promtool ?? '', args, { cwd: folder, maxBuffer: 64 * 1_024 * 1_024 }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`promtool ${args[0]} ${args[1]}:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
    },
  );
  return stdout + stderr;
}

interface FigureJson {
  readonly type: string;
  readonly fieldConfig: { readonly defaults: { readonly mappings?: readonly object[] } };
  readonly targets: readonly { readonly expr: string }[];
}

/** The figures of every page, as they stand when it is opened. */
function figuresOf(watch: MonitoringContext): { readonly expr: string; readonly saysNoTraffic: boolean }[] {
  return dashboardFiles(watch).flatMap(({ json }) =>
    (JSON.parse(json) as { readonly panels: readonly FigureJson[] }).panels
      .filter(({ type }) => type === 'stat')
      .map(({ fieldConfig, targets: [target] }) => ({
        expr: (target?.expr ?? '')
          .replaceAll('$namespace', watch.namespace)
          .replaceAll('$service', watch.services.map((service) => service.name).join('|'))
          .replaceAll('$pod', 'none'),
        saysNoTraffic: JSON.stringify(fieldConfig.defaults.mappings).includes(NO_TRAFFIC),
      })),
  );
}

/** Every counter of every service, standing still for hours. */
function quietSeries(watch: MonitoringContext) {
  const still = { share: 0, requests: 0, steps: 240 };
  const all = watch.services
    .filter(promises)
    .flatMap((service) => slisOf(service, watch))
    .flatMap((sli) => trafficOf(sli, watch, still));
  return [...new Map(all.map((one) => [one.series, one])).values()];
}

/** The rules of docs/manifests/kubelet-alerts.yaml as a file of Prometheus. */
function kubeletRules(): string {
  const file = join(import.meta.dirname, '../docs/manifests/kubelet-alerts.yaml');
  return write('kubelets.yaml', at(load(readFileSync(file, 'utf8')), 'spec'));
}

const CLAIM = `{namespace="${production.namespace}",persistentvolumeclaim="data-redis-0"}`;
const volume = (available: string) => ({
  [`kubelet_volume_stats_available_bytes${CLAIM}`]: available,
  [`kubelet_volume_stats_capacity_bytes${CLAIM}`]: '100x200',
});
const packets = (lost: number) =>
  Object.fromEntries(
    ['receive', 'transmit'].flatMap((way) =>
      Object.entries({ packets: 1_000, packets_dropped: lost }).map(([what, each]) => [
        `container_network_${way}_${what}_total{namespace="${production.namespace}",pod="users-a",interface="eth0"}`,
        `0+${each}x200`,
      ]),
    ),
  );
const KUBELETS = [
  ['VolumeNearlyFull', '30m', volume('14x200'), volume('16x200')],
  ['VolumeFullInFourDays', '9h', volume('39-0.04x200'), volume('39-0.03x200')],
  ['PodNetworkLosesPackets', '30m', packets(11), packets(9)],
] as const;

describe.skipIf(!promtool)('the alerts, judged by promtool', () => {
  for (const environment of [staging, production]) {
    const watch = planOf(environment).monitoring;
    if (watch === null) throw new Error(`${environment.name} is not watched`);
    const groups = ruleGroups(watch);

    it(`${environment.name}: every rule file is correct`, async () => {
      for (const group of groups) {
        const name = `${environment.name}-${group.name}.yaml`;
        expect(
          await promtoolSays('check', 'rules', write(name, { groups: [ruleGroupDocument(group, watch)] })),
        ).toContain('SUCCESS');
      }
    });

    it.each(groups.filter((group) => group.alerts.length > 0).map((group) => [group.name, group] as const))(
      `${environment.name}: every alert of %s fires, and does not just below`,
      async (_, group) => {
        const rules = write(`${environment.name}-${group.name}.yaml`, { groups: [ruleGroupDocument(group, watch)] });
        const files = proofFiles(group, rules).map(({ name, content }) =>
          write(`${environment.name}-${name}`, content),
        );
        expect(await promtoolSays('test', 'rules', ...files)).toContain('SUCCESS');
      },
    );

    it(`${environment.name}: a night without a request has no ratio and no percentile that could be amber`, async () => {
      const rules = write(`${environment.name}-quiet-rules.yaml`, {
        groups: groups.map((group) => ruleGroupDocument(group, watch)),
      });
      const ratios = figuresOf(watch).filter(({ saysNoTraffic }) => saysNoTraffic);
      expect(ratios.length).toBeGreaterThanOrEqual(watch.services.length * 3);
      const file = write(`${environment.name}-quiet.test.yaml`, {
        rule_files: [rules],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: quietSeries(watch),
            // What is not a number does not equal itself.
            promql_expr_test: ratios.map(({ expr }) => ({
              expr: `(${expr}) == (${expr})`,
              eval_time: '3h',
              exp_samples: [],
            })),
          },
        ],
      });
      expect(await promtoolSays('test', 'rules', file)).toContain('SUCCESS');
    });
  }

  it.each(KUBELETS)("a kubelet's figures: %s fires, and does not just below", async (alert, at, fires, quiet) => {
    const test = (series: Readonly<Record<string, string>>, value: number) => ({
      interval: '5m',
      input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
      promql_expr_test: [
        {
          expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
          eval_time: at,
          exp_samples: [{ labels: '{}', value }],
        },
      ],
    });
    const content = {
      rule_files: [kubeletRules()],
      evaluation_interval: '5m',
      tests: [test(fires, 1), test(quiet, 0)],
    };
    expect(await promtoolSays('test', 'rules', write(`${alert}.test.yaml`, content))).toContain('SUCCESS');
  });
});
