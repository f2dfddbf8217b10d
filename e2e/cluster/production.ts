import { expect } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { type Figures, Load } from '../durability/load.ts';
import type { Cluster } from './cluster.ts';
import { fileOf, fillSecrets, forwardTo, secretValue, workloadsOf } from './platform.ts';
import { record } from './report.ts';

export const PRODUCTION = 'quotes-production';
export const MONITORING = `${PRODUCTION}-monitoring`;
/** Longest wait for all of production, on a machine that has other work. */
export const PRODUCTION_MS = 900_000;

/** Production with its secrets filled as the README says: applied where it does not run yet, every pod ready. */
export async function runProduction(cluster: Cluster): Promise<void> {
  await cluster.apply(fileOf('production'));
  if (!(await secretsAreFilled(cluster))) await fillSecrets(PRODUCTION);
  for (const namespace of [PRODUCTION, MONITORING]) {
    for (const workload of workloadsOf('production', namespace)) await cluster.rolledOut(namespace, workload, 600);
  }
}

async function secretsAreFilled(cluster: Cluster): Promise<boolean> {
  const found = await cluster.try('-n', MONITORING, 'get', 'secret', 'alertmanager', 'grafana');
  return found.code === 0;
}

/** Restarts workloads one after the other, as a new release would. */
export async function restart(cluster: Cluster, ...workloads: readonly string[]): Promise<void> {
  await cluster.kubectl('-n', PRODUCTION, 'rollout', 'restart', ...workloads);
  for (const workload of workloads) await cluster.rolledOut(PRODUCTION, workload, 400);
}

export interface Happening {
  /** Name of the load: begins the quotes' ids. */
  readonly load: string;
  /** The line of the report. */
  readonly test: string;
  readonly happens: () => Promise<void>;
}

/** Writes and reads through quotes while something happens to the cluster, and says what became of every acknowledged write. */
export async function under(cluster: Cluster, { load, test, happens }: Happening): Promise<Figures> {
  const writers = new Load({
    urls: [await forwardTo(cluster, PRODUCTION, 'quotes')],
    adminKey: secretValue('admin-key'),
    name: `${load}-${Date.now()}`,
    enough: 2_000,
  });
  const started = performance.now();
  writers.start();
  try {
    await eventually(() => expect(writers.acknowledged.length).toBeGreaterThan(200), { withinMs: 60_000 });
    await happens();
    await eventually(() => expect(writers.enough).toBe(true), { withinMs: 180_000 });
  } finally {
    await writers.stop();
  }
  const seconds = Math.round((performance.now() - started) / 1_000);
  const figures = await writers.figures();
  const gaps = [figures.longestWithoutWriteMs, figures.longestWithoutReadMs].map((ms) => (ms / 1_000).toFixed(1));
  record({
    test,
    seconds,
    requests: figures.sent,
    failed: figures.failed,
    refused: figures.refused503,
    acknowledged: figures.acknowledged,
    lost: figures.lost + figures.wrong404,
    note: `longest without a write ${gaps[0]} s, without a read ${gaps[1]} s`,
  });
  return figures;
}
