import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { MONITORING, PRODUCTION_MS, runProduction } from '../production.ts';
import { type Fault, folderOf } from './breaking.ts';
import { FAULTS } from './faults.ts';
import { keep, writePage } from './faults-page.ts';
import { Prometheus } from './prometheus.ts';

/** What fires as long as the suite's cluster is without these programs, and what is to fire always. */
const ALWAYS = new Set(['Watchdog monitoring', 'CertificatesUnwatched cert-manager', 'TargetDown grafana']);
/** No alert of a fault waits longer than five minutes; then come the scrape, the rule and a loaded machine. */
const FIRES_MS = 8 * 60_000;
/** What fires on for six minutes at least, and forgets what happened five minutes ago. */
const RESOLVES_MS = 14 * 60_000;
/** The faults to make: all, or those that a name in FAULT finds. */
const WANTED = FAULTS.map((faults) => faults.filter(({ name }) => name.includes(process.env['FAULT'] ?? ''))).filter(
  (faults) => faults.length > 0,
);
const EVERY = { everyMs: 2_000 };

describe.skipIf(await required())('the alerts of production', () => {
  const cluster = new Cluster();
  const prometheus = new Prometheus(cluster, MONITORING);
  const scene = { cluster, prometheus };
  const firing = async () => new Set([...(await prometheus.firing())].filter((alert) => !ALWAYS.has(alert)));
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
    await prometheus.connect();
  }, PRODUCTION_MS);
  afterAll(() => {
    prometheus.disconnect();
    writePage();
  });

  /** A Prometheus that remembers nothing of what was broken before: its ratios reach back a day. */
  async function startAfresh(): Promise<void> {
    const scale = (replicas: number) =>
      cluster.kubectl('-n', MONITORING, 'scale', 'statefulset/prometheus', `--replicas=${replicas}`);
    await scale(0);
    await cluster.kubectl('-n', MONITORING, 'wait', '--for=delete', 'pod/prometheus-0', '--timeout=120s');
    const folder = await folderOf(cluster, MONITORING, 'data-prometheus-0');
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    await scale(1);
    await prometheus.connect();
    const up = () =>
      prometheus.value('count(up{namespace="quotes-production"} == 1) and on () count(kube_deployment_spec_replicas)');
    await eventually(async () => expect(await up()).toBeGreaterThan(14), { withinMs: 120_000, ...EVERY });
  }

  /** Waits until all alerts of a fault fire; how long each took. */
  async function detected({ alerts, hidden = [] }: Fault): Promise<ReadonlyMap<string, number>> {
    const started = performance.now();
    const seen = new Map<string, number>();
    await eventually(
      async () => {
        for (const alert of await firing())
          if (!seen.has(alert)) seen.set(alert, Math.round((performance.now() - started) / 1_000));
        expect([...alerts, ...hidden].filter((alert) => !seen.has(alert))).toEqual([]);
        const untold = await prometheus.hidden();
        expect([alerts.filter((alert) => untold.has(alert)), hidden.filter((alert) => !untold.has(alert))]).toEqual([
          [],
          [],
        ]);
      },
      { withinMs: FIRES_MS, ...EVERY },
    );
    return seen;
  }

  /** Budgets look back half an hour, and are not waited for. */
  async function resolved({ alerts, hidden = [] }: Fault): Promise<number | null> {
    if (alerts.some((alert) => alert.includes('BudgetBurning'))) return null;
    const started = performance.now();
    await eventually(
      async () => {
        const still = await firing();
        expect([...alerts, ...hidden].filter((alert) => still.has(alert))).toEqual([]);
      },
      { withinMs: RESOLVES_MS, ...EVERY },
    );
    return Math.round((performance.now() - started) / 1_000);
  }

  async function measure(fault: Fault): Promise<void> {
    const mend = await fault.happens(scene);
    const seen = await detected(fault).finally(mend);
    const seconds = (alerts: readonly string[]) => alerts.map((alert) => ({ alert, seconds: seen.get(alert) ?? 0 }));
    const { name, alerts, hidden = [] } = fault;
    keep({ name, alerts: seconds(alerts), hidden: seconds(hidden), resolvedAfter: await resolved(fault) });
  }

  it.each(WANTED.map((faults) => [faults.map(({ name }) => name).join('; '), faults] as const))(
    'fire for what happened and for nothing else: %s',
    async (_, faults) => {
      await startAfresh();
      const expected = new Set(
        faults.flatMap(({ alerts, hidden = [], echoes = [] }) => [...alerts, ...hidden, ...echoes]),
      );
      const others = new Set<string>();
      const watch = { isOver: false };
      const watching = eventually(
        async () => {
          for (const alert of await firing()) if (!expected.has(alert)) others.add(alert);
          expect(watch.isOver).toBe(true);
        },
        { withinMs: FIRES_MS + RESOLVES_MS, ...EVERY },
      );
      const measured = await Promise.allSettled(faults.map(measure)).finally(() => {
        watch.isOver = true;
      });
      await watching;
      const failed = measured.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
      expect({ failed, others: [...others] }).toEqual({ failed: [], others: [] });
    },
    FIRES_MS + 2 * RESOLVES_MS,
  );
});
