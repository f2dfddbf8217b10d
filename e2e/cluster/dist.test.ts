import { beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../charts/plan/plan.ts';
import { platform } from '../../charts/platform.ts';
import { connectionsOf, tryConnections } from '../../delivery/cluster/connections.ts';
import { Kubectl } from '../../delivery/cluster/kubectl.ts';
import { ROOT } from '../../root.ts';
import { eventually } from '../../test/eventually.ts';
import { Cluster, required } from './cluster.ts';
import { environmentOf, fileOf, forwardTo, runInCluster, workloadsOf } from './platform.ts';
import { PRODUCTION, PRODUCTION_MS, runProduction } from './production.ts';
import { record } from './report.ts';

const HOUR_MS = 3_600_000;

describe.skipIf(await required())('dist/ on a real cluster of three nodes', () => {
  const cluster = new Cluster();
  beforeAll(() => cluster.up(console.log), HOUR_MS);

  it.each(['dev', 'staging', 'production'])(
    'applies %s without a warning, and has nothing to change afterwards',
    async (name) => {
      await applied(fileOf(name));
    },
    300_000,
  );

  it('applies the addons to the real definitions of custom resources', async () => {
    await cluster.try('create', 'namespace', 'argocd');
    for (const name of ['staging', 'production', 'argocd', 'admission']) await applied(fileOf(`addons/${name}`));
  }, 300_000);

  async function applied(file: string): Promise<void> {
    const started = performance.now();
    expect((await cluster.apply(file)).stderr).toBe('');
    expect(await cluster.try('diff', '-f', file)).toEqual({ code: 0, stdout: '', stderr: '' });
    record({ test: `apply ${file.slice(file.indexOf('dist/'))}`, seconds: secondsSince(started) });
  }

  it('runs dev', async () => {
    const started = performance.now();
    await cluster.try('delete', 'namespace', 'quotes-staging', 'quotes-staging-monitoring', '--wait=false');
    for (const workload of workloadsOf('dev', 'quotes-dev')) await cluster.rolledOut('quotes-dev', workload);
    const address = await forwardTo(cluster, 'quotes-dev', 'front');
    const page = await eventually(() => get(`${address}/`, 'quotes.localhost'), { withinMs: 30_000 });
    expect(page).toContain('<html');
    record({ test: 'dev: every pod ready', seconds: secondsSince(started) });
  }, 600_000);

  it(
    'runs production once its secrets are filled as the README says',
    async () => {
      const started = performance.now();
      await runProduction(cluster);
      record({ test: 'production: secrets filled, every pod ready', seconds: secondsSince(started) });
    },
    PRODUCTION_MS,
  );

  it.each([
    ['dev', 'quotes-dev'],
    ['production', PRODUCTION],
  ])(
    'connects in %s what the catalog declares, and nothing else',
    async (name, namespace) => {
      const started = performance.now();
      const connections = connectionsOf(plan(platform, environmentOf(name)));
      expect(await tryConnections(new Kubectl(runInCluster, ROOT), namespace, connections)).toEqual([]);
      const allowed = connections.filter((connection) => connection.allowed).length;
      expect(allowed).toBeGreaterThan(3);
      const note = `${allowed} allowed, ${connections.length - allowed} denied`;
      record({ test: `connections of ${name}, from pods`, seconds: secondsSince(started), note });
    },
    300_000,
  );
});

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 1_000);
}

async function get(url: string, host: string): Promise<string> {
  const { request } = await import('undici');
  const { body } = await request(url, { headers: { host, accept: 'text/html' } });
  return await body.text();
}
