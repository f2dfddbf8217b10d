import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { PRODUCTION, PRODUCTION_MS, runProduction, storeIsWhole, under } from '../production.ts';

describe.skipIf(await required())('production, while releases come and nodes go', () => {
  const cluster = new Cluster();
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error('the cluster has no node');
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
  }, PRODUCTION_MS);

  /** Waits until the control plane sees the node so. */
  async function seen(status: 'Ready' | 'NotReady'): Promise<void> {
    const columns = ['get', 'node', node?.name ?? '', '--no-headers'];
    await eventually(async () => expect((await cluster.kubectl(...columns)).split(/\s+/)[1]).toBe(status), {
      withinMs: 120_000,
      everyMs: 1_000,
    });
  }

  it('takes a release back without a failed request', async () => {
    const inProduction = (...args: string[]) => cluster.kubectl('-n', PRODUCTION, ...args);
    await inProduction('rollout', 'restart', 'deployment/quotes');
    await cluster.rolledOut(PRODUCTION, 'deployment/quotes');
    const figures = await under(cluster, {
      load: 'rollback',
      test: 'quotes rolled back',
      happens: async () => {
        await inProduction('rollout', 'undo', 'deployment/quotes');
        await cluster.rolledOut(PRODUCTION, 'deployment/quotes');
      },
      enough: 5_000,
      visited: true,
    });
    expect(figures).toMatchObject({ lost: 0, wrong404: 0, refused503: 0, failed: 0, failedVisits: 0 });
  });

  it('drains a node and takes it back without a failed request', async () => {
    const figures = await under(cluster, {
      load: 'drain',
      test: 'a node drained and taken back',
      happens: async () => {
        await cluster.kubectl('drain', node.name, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=400s');
        await cluster.kubectl('uncordon', node.name);
        await storeIsWhole(cluster);
      },
      visited: true,
    });
    // A server of the store waits for its volume's node: writes are refused meanwhile, and reads go on.
    expect(figures).toMatchObject({ lost: 0, wrong404: 0, failed: 0, failedVisits: 0 });
  });

  it('loses nothing that was acknowledged when a node loses its power', async () => {
    const figures = await under(cluster, {
      load: 'power',
      test: 'a node without power, and back',
      happens: async () => {
        await node.kill();
        await seen('NotReady');
        await node.startRuntime();
        await node.join();
        await seen('Ready');
        await storeIsWhole(cluster);
      },
    });
    expect(figures).toMatchObject({ lost: 0, wrong404: 0 });
  });
});
