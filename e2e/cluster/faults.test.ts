import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { Cluster, required } from './cluster.ts';
import { leadFrom, PRODUCTION, PRODUCTION_MS, restart, runProduction, storeIsWhole, under } from './production.ts';

describe.skipIf(await required())('production under load', () => {
  const cluster = new Cluster();
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
  }, PRODUCTION_MS);

  it('replaces every pod of two services without a failed request', async () => {
    const figures = await under(cluster, {
      load: 'rollout',
      test: 'every pod of front and quotes replaced',
      happens: () => restart(cluster, 'deployment/front', 'deployment/quotes'),
      visited: true,
    });
    expect(figures).toMatchObject({ lost: 0, wrong404: 0, refused503: 0, failed: 0, failedVisits: 0 });
  });

  it('loses nothing that was acknowledged when all servers of the store are deleted together', async () => {
    const figures = await under(cluster, {
      load: 'servers',
      test: 'all servers of the store deleted together',
      happens: async () => {
        const servers = ['pods', '-l', 'app.kubernetes.io/name=redis', '--wait=false'];
        await cluster.kubectl('-n', PRODUCTION, 'delete', ...servers);
        await storeIsWhole(cluster);
      },
    });
    expect(figures).toMatchObject({ lost: 0, wrong404: 0 });
  });

  it('loses nothing that was acknowledged when the node of the primary and a name server is cut off, and reads on without it', async () => {
    const [node] = cluster.nodes;
    await leadFrom(cluster, node?.name ?? '');
    const nodes = () => cluster.kubectl('get', 'nodes');
    const figures = await under(cluster, {
      load: 'cut',
      test: 'the node of the primary and a name server cut off and plugged in again',
      happens: async (load) => {
        await node?.link('down');
        await eventually(async () => expect(await nodes()).toContain('NotReady'), { withinMs: 90_000, everyMs: 1_000 });
        const without = performance.now();
        await eventually(() => expect(load.lastReadAt).toBeGreaterThan(without), { withinMs: 60_000 });
        await node?.link('up');
        await eventually(async () => expect(await nodes()).not.toContain('NotReady'), {
          withinMs: 120_000,
          everyMs: 1_000,
        });
      },
    });
    expect(figures).toMatchObject({ lost: 0, wrong404: 0 });
  });
});
