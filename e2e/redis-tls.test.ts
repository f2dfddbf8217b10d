import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { PORTS } from '../app/contract.ts';
import { production } from '../charts/environments/production.ts';
import type { EnvironmentWithStore as Environment } from '../charts/plan/environment.ts';
import { Authority, type Identity, serialAt } from '../test/certificates.ts';
import { at, theOnly } from '../test/manifests.ts';
import { freePort } from '../test/real-redis.ts';
import { requireStore } from '../test/real-store.ts';
import { requireProgram } from '../test/requires.ts';
import { Daemon } from './observability/daemon.ts';
import type { Pod } from './redis/pod.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { QuotesProcess } from './redis/quotes-process.ts';
import { firstPassword, RedisGroup } from './redis/redis-group.ts';
import { renderedStore } from './redis/rendered.ts';
import { requireRestic, StoreJobs } from './redis/store-job.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const openssl = requireProgram('openssl');
const restic = requireRestic();
const exporter = requireProgram('prometheus-redis-exporter');
const programs = [wrapper, openssl, restic, exporter, requireStore('valkey-server'), requireStore('valkey-cli')];

const ENCRYPTED: Environment = { ...production, internalTls: { certificateDays: 90 } };

describe.skipIf(programs.includes(undefined))('three servers and three Sentinels with TLS inside', () => {
  let group: RedisGroup;
  let quotes: QuotesProcess;
  let stranger: Authority;

  beforeAll(async () => {
    stranger = new Authority(openssl ?? '');
    group = new RedisGroup(ENCRYPTED, wrapper ?? '');
    group.start();
    await inStep();
    quotes = await QuotesProcess.start(group, ENCRYPTED);
  });
  afterAll(async () => {
    await quotes?.stop();
    await group?.destroy();
    stranger?.remove();
  });

  const tellWhy = () =>
    onTestFailed(() => {
      // A connection that a test closes at once is a line of the server's log.
      const lines = group
        .logs()
        .split('\n')
        .filter((line) => !line.includes('unexpected eof'));
      console.error(lines.slice(-150).join('\n'), quotes.log.slice(-5_000));
    });

  const inStep = () =>
    until('servers in step', 90, async () => {
      const probes = await Promise.all(group.servers.map((server) => server.exec('probe.sh', ['ready'])));
      return probes.every(({ code }) => code === 0);
    });

  const certificates = () => {
    if (group.certificates === undefined) throw new Error('the group has no certificates');
    return group.certificates;
  };

  const addressOf = (pod: Pod) => ({
    host: pod.address ?? '',
    port: group.servers.includes(pod) ? PORTS.redis : PORTS.sentinel,
  });

  const acknowledged: string[] = [];
  let next = 0;
  /** One more quote; the status of the answer. */
  const create = async () => {
    const id = `quote-${next++}`;
    const { status } = await quotes.create(id);
    if (status === 201) acknowledged.push(id);
    return status;
  };

  async function expectNothingLost(): Promise<void> {
    const [primary] = await group.primaries();
    if (primary === undefined) throw new Error('no primary');
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(await group.missing(primary, acknowledged)).toEqual([]);
  }

  it('takes and acknowledges writes: clients, replicas, Sentinels and probes reach each other', async () => {
    tellWhy();
    await until('an acknowledged write', 30, async () => (await create().catch(() => 0)) === 201);
    const probes = await Promise.all(group.sentinels.map((sentinel) => sentinel.exec('probe.sh', ['sentinel'])));
    expect(probes.map(({ code }) => code)).toEqual([0, 0, 0]);
    const live = await Promise.all(group.servers.map((server) => server.exec('probe.sh', ['live'])));
    expect(live.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  /** PING on a connection of its own. */
  async function ping(pod: Pod, shown: Partial<Identity> | undefined): Promise<string> {
    const tls = shown && { ...shown, checkServerIdentity: () => undefined };
    const redis = new Redis({
      ...addressOf(pod),
      lazyConnect: true,
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
      retryStrategy: null,
      ...(tls && { tls }),
    });
    const errors: Error[] = [];
    redis.on('error', (error) => errors.push(error));
    try {
      await redis.connect();
      return await redis.ping();
    } catch (error) {
      const reason = String(errors[0] ?? error);
      if (reason.includes('NOAUTH')) return 'NOAUTH';
      throw new Error(reason);
    } finally {
      redis.disconnect();
    }
  }

  it('lets nobody in without a certificate that is valid and of its authority, neither a server nor a Sentinel', async () => {
    tellWhy();
    const { authority, client } = certificates();
    const { ca } = client;
    for (const pod of [group.servers[0], group.sentinels[0]]) {
      if (pod === undefined) throw new Error('no pod');
      // Let in by TLS, a client has yet to log in.
      expect(await ping(pod, client)).toMatch(/^(NOAUTH|PONG)$/);
      await expect(ping(pod, { ca })).rejects.toThrow(/certificate required|ECONNRESET|closed/);
      await expect(ping(pod, { ...stranger.issue({ name: 'client' }), ca })).rejects.toThrow(
        /unknown ca|ECONNRESET|closed/,
      );
      await expect(ping(pod, authority.issue({ name: 'client', days: -1 }))).rejects.toThrow(
        /expired|ECONNRESET|closed/,
      );
      await expect(ping(pod, undefined)).rejects.toThrow(/ECONNRESET|closed/i);
    }
  });

  it('takes renewed certificates into use under load, without a refused write and without a restart of a server', async () => {
    tellWhy();
    const { client } = certificates();
    const serials = () => Promise.all(group.pods.map((pod) => serialAt(addressOf(pod), client).catch(() => undefined)));
    const runs = () =>
      Promise.all(group.servers.map((pod) => group.info(pod, 'server').then((info) => info['run_id'])));
    const [before, started] = [await serials(), await runs()];
    const statuses: number[] = [];
    const load = { stop: false };
    const writing = (async () => {
      while (!load.stop) statuses.push(await create().catch(() => 0));
    })();
    certificates().renew();
    await until('new certificates everywhere', 60, async () => {
      const now = await serials();
      return now.every((serial, index) => serial !== undefined && serial !== before[index]);
    }).finally(() => {
      load.stop = true;
    });
    await writing;
    expect(await runs()).toEqual(started);
    expect(group.pods.every((pod) => pod.running)).toBe(true);
    expect([...new Set(statuses)]).toEqual([201]);
    expect(statuses.length).toBeGreaterThan(100);
  });

  it('makes later connections with the renewed certificates, those of replicas and services too', async () => {
    tellWhy();
    for (const server of group.servers) {
      await group.with(server, PORTS.redis, 'admin', async (redis) => {
        for (const type of ['normal', 'replica']) await redis.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
      });
    }
    await inStep();
    await until('an acknowledged write', 15, async () => (await create()) === 201);
  });

  it('fails over when its primary is gone, and takes writes again when that is back', async () => {
    tellWhy();
    const [primary] = await group.primaries();
    await primary?.kill();
    await until('another primary', 30, async () => {
      const [next] = await group.primaries();
      return next !== undefined && next !== primary;
    });
    primary?.start();
    await inStep();
    await until('an acknowledged write', 30, async () => (await create()) === 201);
    await expectNothingLost();
  });

  it('shows its figures to the exporter beside it', async () => {
    const container = [at(theOnly(renderedStore(ENCRYPTED), 'StatefulSet', 'redis'), 'spec.template.spec.containers')]
      .flat()
      .find((found) => at(found, 'name') === 'exporter');
    const [pod] = group.servers;
    const port = await freePort();
    const folder = certificates().folderOf('redis');
    const args = [at(container, 'args')]
      .flat()
      .map((argument) =>
        String(argument)
          .replaceAll('--', '-')
          .replace('localhost:', `${pod?.address}:`)
          .replace('/run/secrets/tls', folder)
          .replace(`:${PORTS.redisExporter}`, `127.0.0.1:${port}`),
      );
    expect(args.join(' ')).toContain('rediss://');
    const daemon = new Daemon(exporter ?? '', args, { REDIS_PASSWORD: firstPassword('exporter') });
    // Here it does not share the server's loopback: its name for the server has to be in the certificate.
    certificates().alternativeNames += `,IP:${pod?.address}`;
    certificates().renew();
    try {
      await until('figures of the exporter', 15, async () => {
        const page = await fetch(`http://127.0.0.1:${port}/metrics`).then(
          (answer) => answer.text(),
          () => '',
        );
        return /^redis_up 1$/m.test(page);
      });
    } finally {
      await daemon.stop();
    }
  });

  it('is backed up and restored', async () => {
    tellWhy();
    const jobs = new StoreJobs({
      group,
      environment: ENCRYPTED,
      restic: restic ?? '',
      secrets: { 'restic-password': 'a password' },
    });
    expect(await jobs.run('redis-backup')).toMatchObject({ code: 0 });
    expect(await jobs.run('redis-restore', { SNAPSHOT: 'latest', RESTORE_ID: 'first' })).toMatchObject({ code: 0 });
    await until('an acknowledged write', 30, async () => (await create()) === 201);
    await expectNothingLost();
  });

  it('ends the container with a Sentinel that ends', async () => {
    const [sentinel] = group.sentinels;
    if (sentinel === undefined) throw new Error('no Sentinel');
    await group.with(sentinel, PORTS.sentinel, 'sentinel', (redis) => redis.call('SHUTDOWN')).catch(() => undefined);
    await until('the end of its PID 1', 15, () => !sentinel.running);
    expect(sentinel.running).toBe(false);
  });
});
