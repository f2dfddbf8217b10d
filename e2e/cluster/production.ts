import { request } from 'undici';
import { expect } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { type Figures, Load } from '../durability/load.ts';
import type { Cluster } from './cluster.ts';
import { environmentOf, fileOf, fillSecrets, forwardTo, secretValue, workloadsOf } from './platform.ts';
import { record } from './report.ts';
import { Visitors } from './visitors.ts';

export const PRODUCTION = 'quotes-production';
export const MONITORING = `${PRODUCTION}-monitoring`;
/** Longest wait for all of production, on a machine that has other work. */
export const PRODUCTION_MS = 900_000;

/** Production with its secrets filled as the README says: applied where it does not run yet, every pod ready. */
export async function runProduction(cluster: Cluster): Promise<void> {
  await cluster.apply(fileOf('production'));
  if (!(await secretsAreFilled(cluster))) {
    await fillSecrets(PRODUCTION);
    // A kubelet looks for what a pod lacks less and less often, up to two minutes apart; a new pod finds it at once.
    const waiting = ['pods', '--field-selector', 'status.phase=Pending', '--wait=false'];
    for (const namespace of [PRODUCTION, MONITORING]) await cluster.kubectl('-n', namespace, 'delete', ...waiting);
  }
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

/** The store is whole: only then writes are acknowledged. */
export async function storeIsWhole(cluster: Cluster): Promise<void> {
  for (const name of ['redis', 'redis-sentinel']) await cluster.rolledOut(PRODUCTION, `statefulset/${name}`, 400);
}

/** Waits until writes are taken one after the other: what an earlier test has left is no fault of the next. */
async function writesAreTaken(cluster: Cluster, load: string): Promise<void> {
  const url = `${await forwardTo(cluster, PRODUCTION, 'quotes')}/quotes`;
  const headers = { authorization: secretValue('admin-key'), 'content-type': 'application/json' };
  await eventually(
    async () => {
      for (let index = 0; index < 50; index += 1) {
        const body = JSON.stringify({ id: `before-${load}-${Date.now()}-${index}`, text: 'Before.', author: 'Nobody' });
        const answer = await request(url, { method: 'POST', headers, body });
        await answer.body.dump();
        expect(answer.statusCode).toBe(201);
      }
    },
    { withinMs: 180_000, everyMs: 500 },
  );
}

/** Has the Sentinels fail over until the primary is on this node. */
export async function leadFrom(cluster: Cluster, node: string): Promise<void> {
  const script = (command: string) => `. /etc/redis/lib.sh; ${command}`;
  const inSentinel = (command: string) =>
    cluster.try('-n', PRODUCTION, 'exec', 'redis-sentinel-0', '--', 'sh', '-c', script(command));
  const failover = 'ask "$LOCAL" "$SENTINEL_PORT" sentinel "$(secret redis-sentinel-password)" sentinel failover';
  const lead = async () => {
    const primary = (await inSentinel('sentinel_view')).stdout.split(' ')[1]?.split('.')[0] ?? 'redis-0';
    const where = ['pod', primary, '-o', 'jsonpath={.spec.nodeName}'];
    const found = await cluster.kubectl('-n', PRODUCTION, 'get', ...where);
    if (found !== node) await inSentinel(`${failover} "$PRIMARY_NAME"`);
    expect(found).toBe(node);
  };
  await eventually(lead, { withinMs: 180_000, everyMs: 3_000 });
  await storeIsWhole(cluster);
}

/** Starts a server anew whose append-only file is replayed by a user without rights, as it once was. Resolves to what mends it. */
export async function withRightsOfOld(cluster: Cluster, server: string): Promise<() => Promise<void>> {
  const inProduction = (...args: string[]) => cluster.kubectl('-n', PRODUCTION, ...args);
  const file = 'start-redis.sh';
  const script = await inProduction('get', 'configmap', 'redis', '-o', `jsonpath={.data.${file.replace('.', '\\.')}}`);
  const changed = script.replace('user default off ~* &* +@all', 'user default off');
  expect(changed).not.toBe(script);
  const startWith = async (text: string) => {
    await inProduction('patch', 'configmap', 'redis', '-p', JSON.stringify({ data: { [file]: text } }));
    await inProduction('delete', 'pod', server);
  };
  await startWith(changed);
  return () => startWith(script);
}

/** What leaves two cores idle for a third beside three nodes whose pods start anew: more would measure the machine's queue. */
const WRITERS = { writers: 32, pauseMs: 200 };
const PAUSE_OF_VISITORS_MS = 100;

/** Writers of quotes, as the durability suite has them. */
export async function writersOf(cluster: Cluster, load: string, enough: number): Promise<Load> {
  const urls = [await forwardTo(cluster, PRODUCTION, 'quotes')];
  return new Load({
    urls,
    adminKey: secretValue('admin-key'),
    name: `${load}-${Date.now()}`,
    enough,
    ...WRITERS,
  });
}

/** Readers of pages and of quotes. */
export async function visitorsOf(cluster: Cluster): Promise<Visitors> {
  const [front, quotes] = [
    await forwardTo(cluster, PRODUCTION, 'front'),
    await forwardTo(cluster, PRODUCTION, 'quotes'),
  ];
  const { host } = environmentOf('production').edge;
  const pauseMs = PAUSE_OF_VISITORS_MS;
  return new Visitors([
    { url: front, path: '/browse', headers: { host, accept: 'text/html' }, visitors: 4, pauseMs },
    { url: quotes, path: '/quotes?limit=1', visitors: 8, pauseMs },
  ]);
}

export interface Happening {
  /** Name of the load: begins the quotes' ids. */
  readonly load: string;
  /** The line of the report. */
  readonly test: string;
  readonly happens: (load: Load) => Promise<void>;
  /** Acknowledged writes that are enough. @default 2000 */
  readonly enough?: number;
  /** Whether reads are promised meanwhile: visitors then count those that fail. @default false */
  readonly visited?: boolean;
}

/** What became of the writes, and of the visitors. */
export interface Outcome extends Figures {
  readonly visits: number;
  readonly failedVisits: number;
}

/** Writes and reads through quotes while something happens to the cluster, and says what became of every acknowledged write. */
export async function under(cluster: Cluster, happening: Happening): Promise<Outcome> {
  const { load, test, happens, enough = 2_000, visited = false } = happening;
  await writesAreTaken(cluster, load);
  const writers = await writersOf(cluster, load, enough);
  const visitors = visited ? await visitorsOf(cluster) : undefined;
  const started = performance.now();
  writers.start();
  const failure = await whileWriting(writers, happens).catch((error: unknown) => error);
  await Promise.all([writers.stop(), visitors?.stop()]);
  // What the writers know is told at once: to ask for every write may take longer than is left where something has failed.
  if (failure !== undefined) {
    console.error(`${test}: ${writers.acknowledged.length} acknowledged`, [...writers.statuses], [...writers.refusals]);
    throw failure;
  }
  const seconds = Math.round((performance.now() - started) / 1_000);
  const figures = await writers.figures();
  const outcome = { ...figures, visits: visitors?.sent ?? 0, failedVisits: visitors?.failed ?? 0 };
  const reasons = [
    ...[...writers.refusals].map(([reason, count]) => `; ${count} refused: ${reason}`),
    ...[...(visitors?.failures ?? [])].map(([status, count]) => `; ${count} visits answered ${status}`),
  ];
  recordOutcome(test, seconds, outcome, reasons);
  return outcome;
}

async function whileWriting(writers: Load, happens: Happening['happens']): Promise<undefined> {
  await eventually(() => expect(writers.acknowledged.length).toBeGreaterThan(200), { withinMs: 60_000 });
  await happens(writers);
  await eventually(() => expect(writers.enough).toBe(true), { withinMs: 180_000 });
}

function recordOutcome(test: string, seconds: number, outcome: Outcome, reasons: readonly string[]): void {
  const gaps = [outcome.longestWithoutWriteMs, outcome.longestWithoutReadMs].map((ms) => (ms / 1_000).toFixed(1));
  record({
    test,
    seconds,
    requests: outcome.sent + outcome.visits,
    failed: outcome.failed + outcome.failedVisits,
    refused: outcome.refused503,
    acknowledged: outcome.acknowledged,
    lost: outcome.lost + outcome.wrong404,
    note: `longest without a write ${gaps[0]} s, without a read ${gaps[1]} s${reasons.join('')}`,
  });
}
