import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { Cluster, missing } from './cluster.ts';
import { fileOf, fillSecrets, ingressAddress, workloadsOf } from './platform.ts';

const lacking = await missing();
if (lacking !== undefined && process.env['CI'] === 'true') throw new Error(lacking);
if (lacking !== undefined) console.warn(`${lacking}: the tests of a real cluster are skipped`);

const HOUR_MS = 3_600_000;
const READY_MS = 600_000;

describe.skipIf(lacking !== undefined)('dist/ on a real cluster of three nodes', () => {
  const cluster = new Cluster();
  beforeAll(() => cluster.up(console.log), HOUR_MS);
  afterAll(() => (process.env['KEEP_CLUSTER'] === undefined ? cluster.down() : undefined), 120_000);

  it.each(['dev', 'staging', 'production'])(
    'applies %s without a warning, and again without a change',
    async (name) => {
      const first = await cluster.apply(fileOf(name));
      expect(first.stderr).toBe('');
      const second = await cluster.apply(fileOf(name));
      expect(second.stdout.split('\n').filter((line) => line !== '' && !line.endsWith(' unchanged'))).toEqual([]);
    },
    120_000,
  );

  it(
    'runs dev',
    async () => {
      for (const workload of workloadsOf('dev', 'quotes-dev')) await cluster.rolledOut('quotes-dev', workload);
      const address = await ingressAddress(cluster);
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
});

async function get(url: string, host: string): Promise<string> {
  const { request } = await import('undici');
  const { body } = await request(url, { headers: { host, accept: 'text/html' } });
  return await body.text();
}
