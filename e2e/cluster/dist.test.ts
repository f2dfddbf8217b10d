import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { type Figures, Load } from '../durability/load.ts';
import { Cluster, missing } from './cluster.ts';
import { fileOf, fillSecrets, forwardTo, secretValue, workloadsOf } from './platform.ts';

const lacking = await missing();
if (lacking !== undefined && process.env['CI'] === 'true') throw new Error(lacking);
if (lacking !== undefined) console.warn(`${lacking}: the tests of a real cluster are skipped`);

const HOUR_MS = 3_600_000;
const READY_MS = 600_000;
/** An object's generation grows whenever its specification changes. */
const GENERATIONS = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}';

describe.skipIf(lacking !== undefined)('dist/ on a real cluster of three nodes', () => {
  const cluster = new Cluster();
  beforeAll(() => cluster.up(console.log), HOUR_MS);
  afterAll(() => (process.env['KEEP_CLUSTER'] === undefined ? cluster.down() : undefined), 120_000);

  it.each(['dev', 'staging', 'production'])(
    'applies %s without a warning, and again without a change',
    async (name) => {
      const first = await cluster.apply(fileOf(name));
      expect(first.stderr).toBe('');
      const generations = () => cluster.kubectl('get', '-f', fileOf(name), '-o', `jsonpath=${GENERATIONS}`);
      const before = await generations();
      await cluster.apply(fileOf(name));
      expect(await generations()).toBe(before);
    },
    120_000,
  );

  it(
    'runs dev',
    async () => {
      for (const workload of workloadsOf('dev', 'quotes-dev')) await cluster.rolledOut('quotes-dev', workload);
      const address = await forwardTo(cluster, 'quotes-dev', 'front');
      const page = await eventually(() => get(`${address}/`, 'quotes.localhost'), { withinMs: 30_000 });
      expect(page).toContain('<html');
    },
    READY_MS,
  );

  it(
    'runs production once its secrets are filled as the README says',
    async () => {
      await cluster.kubectl('delete', 'namespace', 'quotes-staging', 'quotes-staging-monitoring', '--wait=false');
      expect(await fillSecrets('quotes-production')).toBeGreaterThan(0);
      for (const namespace of ['quotes-production', 'quotes-production-monitoring']) {
        for (const workload of workloadsOf('production', namespace)) await cluster.rolledOut(namespace, workload, 400);
      }
    },
    2 * READY_MS,
  );

  /** Writes and reads through a service while something happens to the cluster, and says what became of every acknowledged write. */
  async function under(load: string, happens: () => Promise<void>): Promise<Figures> {
    const writers = new Load({
      urls: [await forwardTo(cluster, 'quotes-production', 'quotes')],
      adminKey: secretValue('admin-key'),
      name: load,
      enough: 2_000,
    });
    writers.start();
    await eventually(() => expect(writers.acknowledged.length).toBeGreaterThan(200), { withinMs: 60_000 });
    await happens();
    await eventually(() => expect(writers.enough).toBe(true), { withinMs: 120_000 });
    await writers.stop();
    const figures = await writers.figures();
    console.log(`${load}: ${JSON.stringify(figures)}`);
    return figures;
  }

  const production = 'quotes-production';
  const restart = async (...workloads: readonly string[]) => {
    await cluster.kubectl('-n', production, 'rollout', 'restart', ...workloads);
    for (const workload of workloads) await cluster.rolledOut(production, workload, 400);
  };

  it(
    'replaces every pod of a service under load without a failed request',
    async () => {
      const figures = await under('rollout', () => restart('deployment/quotes'));
      expect(figures).toMatchObject({ lost: 0, wrong404: 0, refused503: 0, failed: 0 });
    },
    READY_MS,
  );

  it(
    'loses nothing that was acknowledged when all servers of the store are deleted together',
    async () => {
      const figures = await under('servers', async () => {
        await cluster.kubectl('-n', production, 'delete', 'pods', '-l', 'app.kubernetes.io/name=redis', '--wait=false');
        await cluster.rolledOut(production, 'statefulset/redis', 400);
      });
      expect(figures).toMatchObject({ lost: 0, wrong404: 0 });
    },
    READY_MS,
  );

  it(
    'loses nothing that was acknowledged when a node is cut off, and works on without it',
    async () => {
      const [node] = cluster.nodes;
      const figures = await under('cut', async () => {
        await node?.link('down');
        await eventually(async () => expect(await cluster.kubectl('get', 'nodes')).toContain('NotReady'), {
          withinMs: 90_000,
        });
        await node?.link('up');
        await eventually(async () => expect(await cluster.kubectl('get', 'nodes')).not.toContain('NotReady'), {
          withinMs: 90_000,
        });
      });
      expect(figures).toMatchObject({ lost: 0, wrong404: 0 });
    },
    READY_MS,
  );
});

async function get(url: string, host: string): Promise<string> {
  const { request } = await import('undici');
  const { body } = await request(url, { headers: { host, accept: 'text/html' } });
  return await body.text();
}
