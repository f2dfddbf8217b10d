import { Readable } from 'node:stream';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../../charts/plan/plan.ts';
import { platform } from '../../../charts/platform.ts';
import { connectionsOf, tryConnections } from '../../../delivery/cluster/connections.ts';
import { Kubectl } from '../../../delivery/cluster/kubectl.ts';
import { ROOT } from '../../../root.ts';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { environmentOf, fileOf, forwardTo, runInCluster, secretValue } from '../platform.ts';
import { PRODUCTION, PRODUCTION_MS, restart, runProduction, storeIsWhole, withRightsOfOld } from '../production.ts';
import { Visitors } from '../visitors.ts';

/** Each takes away one thing that dist/ says: what the suite asks of production has to fail then. */
describe.skipIf(await required())('the suite, on a production that was broken', () => {
  const cluster = new Cluster();
  const inProduction = (...args: string[]) => cluster.kubectl('-n', PRODUCTION, ...args);
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
  }, PRODUCTION_MS);
  afterEach(async () => {
    await cluster.apply(fileOf('production'));
    await cluster.rolledOut(PRODUCTION, 'deployment/quotes', 400);
  }, PRODUCTION_MS);

  it('misses a connection whose policy lost a peer', async () => {
    const connections = connectionsOf(plan(platform, environmentOf('production')));
    const kubectl = new Kubectl(runInCluster, ROOT);
    const wrong = () => tryConnections(kubectl, PRODUCTION, connections);
    expect(await wrong()).toEqual([]);
    const patch = JSON.stringify([{ op: 'remove', path: '/spec/egress/1' }]);
    await inProduction('patch', 'networkpolicy', 'quotes-traffic', '--type=json', '-p', patch);
    const missed = ['quotes -> redis:6379 is declared and does not connect'];
    await eventually(async () => expect(await wrong()).toEqual(missed), { withinMs: 60_000, everyMs: 1_000 });
  });

  /** Restarts quotes under requests of which one is under way whenever a pod ends; how many got no answer. */
  async function cutOffByRestart(): Promise<number> {
    const headers = { authorization: secretValue('admin-key'), 'content-type': 'application/json' };
    const asked = {
      url: await forwardTo(cluster, PRODUCTION, 'quotes'),
      path: '/quotes',
      method: 'POST',
      headers,
    } as const;
    // An object without the fields of a quote, which takes seven seconds to arrive: a kubelet gives two seconds even where the pod grants one.
    const visitors = new Visitors([
      { ...asked, body: () => Readable.from(slowly('{', '}')), status: 400, visitors: 12 },
    ]);
    await restart(cluster, 'deployment/quotes');
    await visitors.stop();
    expect([...visitors.failures.keys()].filter((status) => status !== 0)).toEqual([]);
    return visitors.failed;
  }

  it('cuts requests off when the grace period is shorter than they take, and none with that of dist/', async () => {
    expect(await cutOffByRestart()).toBe(0);
    const spec = { template: { spec: { terminationGracePeriodSeconds: 1 } } };
    await inProduction('patch', 'deployment', 'quotes', '-p', JSON.stringify({ spec }));
    await cluster.rolledOut(PRODUCTION, 'deployment/quotes', 400);
    expect(await cutOffByRestart()).toBeGreaterThan(0);
  });

  it('has a server stop that replays its file without the rights to do so', async () => {
    const mend = await withRightsOfOld(cluster, 'redis-2');
    const exit = '{.status.containerStatuses[?(@.name=="redis")].lastState.terminated.exitCode}';
    await eventually(
      async () => expect(await inProduction('get', 'pod', 'redis-2', '-o', `jsonpath=${exit}`)).toBe('134'),
      { withinMs: 120_000, everyMs: 1_000 },
    );
    await mend();
    await storeIsWhole(cluster);
  });
});

/** The halves of a text, seven seconds apart: what a slow client sends. */
async function* slowly(first: string, second: string): AsyncGenerator<string> {
  yield first;
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  yield second;
}
