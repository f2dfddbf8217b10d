import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../../charts/plan/plan.ts';
import { platform } from '../../../charts/platform.ts';
import { connectionsOf, tryConnections } from '../../../delivery/cluster/connections.ts';
import { Kubectl } from '../../../delivery/cluster/kubectl.ts';
import { ROOT } from '../../../root.ts';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { environmentOf, fileOf, runInCluster } from '../platform.ts';
import {
  PRODUCTION,
  PRODUCTION_MS,
  restart,
  runProduction,
  storeIsWhole,
  under,
  withRightsOfOld,
} from '../production.ts';

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

  it('counts failed requests when the grace period is shorter than the drain', async () => {
    const spec = { template: { spec: { terminationGracePeriodSeconds: 1 } } };
    await inProduction('patch', 'deployment', 'quotes', '-p', JSON.stringify({ spec }));
    await cluster.rolledOut(PRODUCTION, 'deployment/quotes', 400);
    const { failed, failedVisits } = await under(cluster, {
      load: 'grace',
      test: 'broken on purpose: grace period of 1 s, quotes replaced',
      happens: () => restart(cluster, 'deployment/quotes'),
      visited: true,
    });
    expect(failed + failedVisits).toBeGreaterThan(0);
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
