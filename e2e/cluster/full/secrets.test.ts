import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { KUBECONFIG, sh } from '../machine.ts';
import { mails } from '../mail.ts';
import { forwardTo, secretValue } from '../platform.ts';
import { MONITORING, PRODUCTION, PRODUCTION_MS, restart, runProduction, storeIsWhole, under } from '../production.ts';
import { record } from '../report.ts';
import { Prometheus } from './prometheus.ts';
import { Rotation } from './secrets.ts';

const CLIENTS = ['front', 'users', 'quotes', 'search'];
const passwordsOf = (users: readonly string[]) => users.map((user) => `redis-${user}-password`);
const INTERNAL = passwordsOf(['admin', 'replica', 'sentinel', 'exporter', 'backup']);
const SOON = { withinMs: 120_000, everyMs: 1_000 };

/** The steps of docs/how-to/operations.md and redis.md, "Rotate". */
describe.skipIf(await required())('production, while its secrets are rotated', () => {
  const cluster = new Cluster();
  const rotation = new Rotation(cluster);
  const prometheus = new Prometheus(cluster, MONITORING);
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
  }, PRODUCTION_MS);
  beforeEach(() => storeIsWhole(cluster), 400_000);
  afterAll(() => prometheus.disconnect());

  it('rotates the passwords of the services without a failed request', async () => {
    const figures = await under(cluster, {
      load: 'clients',
      test: 'passwords of four services at the store rotated',
      happens: () =>
        rotation.ofStore('redis-client', passwordsOf(CLIENTS), async (next) => {
          for (const service of CLIENTS)
            await rotation.mounted(service, 'redis-password', next[`redis-${service}-password`] ?? '');
        }),
      visited: true,
    });
    expect(figures).toMatchObject({ lost: 0, wrong404: 0, refused503: 0, failed: 0, failedVisits: 0 });
  });

  it('rotates the admin key without a refused client', async () => {
    const url = await forwardTo(cluster, PRODUCTION, 'quotes');
    const present = secretValue('admin-key');
    const wanted = Rotation.next();
    const statusWith = async (key: string) =>
      (await fetch(`${url}/quotes/-/key`, { headers: { authorization: key, connection: 'close' } })).status;
    const figures = await under(cluster, {
      load: 'key',
      test: 'the admin key rotated and back',
      happens: async () => {
        await rotation.set('admin-key', { 'admin-key': wanted, 'admin-key-previous': present });
        await rotation.mounted('quotes', 'admin-key', wanted);
        await eventually(async () => expect(await statusWith(wanted)).toBe(200), SOON);
        // The suite goes on with the first one.
        await rotation.set('admin-key', { 'admin-key': present, 'admin-key-previous': wanted });
        await rotation.mounted('quotes', 'admin-key', present);
        await rotation.set('admin-key', { 'admin-key-previous': null });
        await eventually(async () => expect(await statusWith(wanted)).toBe(401), SOON);
      },
    });
    expect(figures).toMatchObject({ lost: 0, wrong404: 0, refused503: 0, failed: 0 });
  });

  it('logs in to the mail server with the new password, in the next mail', async () => {
    const started = performance.now();
    const next = Rotation.next();
    await rotation.set('alertmanager', { 'smtp-password': next }, MONITORING);
    await eventually(
      async () => {
        const service = `rotation-${Date.now()}`;
        await prometheus.raise({ alertname: 'PasswordRotated', severity: 'critical', environment: 'suite', service });
        const found = () => mails().find(({ subject }) => subject.includes(service));
        const mail = await eventually(() => found() ?? Promise.reject(new Error(`no mail about ${service}`)), SOON);
        expect(mail.login.split(':')[1]).toBe(next);
      },
      { withinMs: 300_000 },
    );
    record({ test: "the mail server's password rotated", seconds: Math.round((performance.now() - started) / 1_000) });
  });

  it('opens the backups with the new password alone', async () => {
    const started = performance.now();
    const next = Rotation.next();
    await job();
    await rotation.set('redis-backup', { 'restic-password-standby': next });
    await job('key', 'add', '--new-password-file', '/run/secrets/redis/restic-password-standby');
    await rotation.set('redis-backup', { 'restic-password': next, 'restic-password-standby': null });
    // The line of the key in use begins with a star.
    const old = (await job('key', 'list')).split('\n').flatMap((line) => /^ *([0-9a-f]{8}) /.exec(line)?.[1] ?? []);
    expect(old.length).toBeGreaterThan(0);
    for (const key of old) await job('key', 'remove', key);
    expect((await job('key', 'list')).match(/^[* ]*[0-9a-f]{8} /gm)).toHaveLength(1);
    await job();
    record({ test: 'the password of the backups rotated', seconds: Math.round((performance.now() - started) / 1_000) });
  }, 900_000);

  it('rotates the passwords inside the store, whose pods restart, and loses nothing', async () => {
    const figures = await under(cluster, {
      load: 'internal',
      test: 'passwords of replicas, Sentinels, exporter, backup and operator rotated',
      happens: () =>
        rotation.ofStore('redis-internal', INTERNAL, async () => {
          await restart(cluster, 'statefulset/redis-sentinel');
          await restart(cluster, 'statefulset/redis');
        }),
    });
    // Writes wait for all three servers, so some are refused while one of them restarts.
    expect(figures).toMatchObject({ lost: 0, wrong404: 0, failed: 0 });
  });

  /** Runs the backup, or a command of restic in its place; returns what it said. */
  async function job(...restic: readonly string[]): Promise<string> {
    const name = `rotation-${Date.now()}`;
    const inProduction = (...args: string[]) => cluster.kubectl('-n', PRODUCTION, ...args);
    const made = await inProduction(
      'create',
      'job',
      name,
      '--from=cronjob/redis-backup',
      '--dry-run=client',
      '-o',
      'yaml',
    );
    const steps = '/spec/template/spec';
    const command = ['sh', '/etc/redis/repository.sh', 'repository', ...restic];
    const patch = [
      { op: 'remove', path: `${steps}/initContainers` },
      { op: 'replace', path: `${steps}/containers/0/command`, value: command },
    ];
    const local = ['patch', '--local', '-f', '-', '--type=json', '-o', 'yaml', '-p', JSON.stringify(patch)];
    await sh('kubectl', ['create', '-f', '-'], {
      input: restic.length === 0 ? made : await sh('kubectl', local, { input: made }),
      env: { KUBECONFIG },
    });
    await inProduction('wait', '--for=condition=complete', `job/${name}`, '--timeout=300s');
    return await inProduction('logs', `job/${name}`, '-c', 'settle');
  }
});
