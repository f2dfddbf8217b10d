import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { MONITORING, PRODUCTION, PRODUCTION_MS, runProduction, writersOf } from '../production.ts';
import { record } from '../report.ts';

const BACKUPS = 'redis-backup';

describe.skipIf(await required())('production after its namespace was deleted', () => {
  const cluster = new Cluster();
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
  }, PRODUCTION_MS);

  async function runNow(cronJob: string): Promise<void> {
    const name = `${cronJob}-${Date.now()}`;
    await cluster.kubectl('-n', PRODUCTION, 'create', 'job', name, `--from=cronjob/${cronJob}`);
    await cluster.kubectl('-n', PRODUCTION, 'wait', '--for=condition=complete', `job/${name}`, '--timeout=300s');
  }

  /** The volume of the backups is all that is left of the namespace: the next claim of its name is to have it. */
  async function keepVolume(volume: string): Promise<void> {
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: PRODUCTION, name: BACKUPS };
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/claimRef', value: claimRef }]);
    await cluster.kubectl('patch', 'persistentvolume', volume, '--type=json', '-p', patch);
  }

  it('has every quote of the backup again, from dist/, the secrets and that backup alone', async () => {
    const writers = await writersOf(cluster, 'recreated', 2_000);
    writers.start();
    try {
      await eventually(() => expect(writers.enough).toBe(true), { withinMs: 120_000 });
    } finally {
      await writers.stop();
    }
    await runNow(BACKUPS);
    const claim = ['get', 'persistentvolumeclaim', BACKUPS, '-o', 'jsonpath={.spec.volumeName}'];
    const volume = await cluster.kubectl('-n', PRODUCTION, ...claim);
    const key = await cluster.kubectl('-n', PRODUCTION, 'get', 'secret', BACKUPS, '-o', 'jsonpath={.data}');

    const started = performance.now();
    await cluster.kubectl('delete', 'namespace', PRODUCTION, MONITORING, '--timeout=300s');
    await keepVolume(volume);
    await runProduction(cluster);
    // Whoever has lost a namespace still has its secrets: the key of the backups may be another than that of the first day.
    await cluster.kubectl('-n', PRODUCTION, 'patch', 'secret', BACKUPS, '--type=merge', '-p', `{"data":${key}}`);
    await runNow('redis-restore');
    const { acknowledged, lost, wrong404, sent } = await writers.figures();
    const seconds = Math.round((performance.now() - started) / 1_000);
    record({ test: 'namespace recreated from dist/ and a backup', seconds, requests: sent, acknowledged, lost });
    expect(acknowledged).toBeGreaterThan(1_999);
    expect({ lost, wrong404 }).toEqual({ lost: 0, wrong404: 0 });
  }, 1_200_000);
});
