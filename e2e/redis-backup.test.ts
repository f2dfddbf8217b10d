import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORTS } from '../app/contract.ts';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import type { BackupTarget, EnvironmentWithStore as Environment } from '../charts/plan/environment.ts';
import { eventually } from '../test/eventually.ts';
import { at, theOnly } from '../test/manifests.ts';
import { freePort } from '../test/real-redis.ts';
import { requireStore } from '../test/real-store.ts';
import { requireProgram } from '../test/requires.ts';
import { Daemon } from './observability/daemon.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { firstPassword, RedisGroup } from './redis/redis-group.ts';
import { renderedStore } from './redis/rendered.ts';
import { S3_KEYS, S3Server } from './redis/s3-server.ts';
import { requireRestic, StoreJobs } from './redis/store-job.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const restic = requireRestic();
const s3Program = requireProgram('versitygw');
const exporter = requireProgram('prometheus-redis-exporter');
const missing = [
  wrapper,
  restic,
  s3Program,
  exporter,
  requireStore('valkey-server'),
  requireStore('valkey-cli'),
].includes(undefined);

function toTarget(environment: Environment, target: BackupTarget): Environment {
  const { redis } = environment;
  if (redis.kind === 'external' || redis.persistence.kind === 'none' || redis.persistence.backup === null) {
    throw new Error(`${environment.name} has no backup`);
  }
  const backup = { ...redis.persistence.backup, target };
  return { ...environment, redis: { ...redis, persistence: { ...redis.persistence, backup } } } as Environment;
}

describe.skipIf(missing).each<[string, Environment, 'volume' | 's3']>([
  ['one persistent server, to a volume', staging, 'volume'],
  ['three servers with Sentinels, to object storage', production, 's3'],
])('backups of %s', (_, environment, target) => {
  let group: RedisGroup;
  let s3: S3Server;
  let jobs: StoreJobs;

  beforeAll(async () => {
    group = new RedisGroup(environment, wrapper ?? '');
    s3 = await S3Server.start(s3Program ?? '', group.folder);
    const bucket = {
      kind: 's3',
      endpoint: s3.endpoint,
      region: 'eu-test-1',
      bucket: 'backups',
      addresses: [],
    } as const;
    const withTarget = toTarget(environment, target === 's3' ? bucket : { kind: 'volume', sizeGi: 1 });
    const secrets = { 'restic-password': 'pass "word" of $restic', ...(target === 's3' ? S3_KEYS : {}) };
    jobs = new StoreJobs({ group, environment: withTarget, restic: restic ?? '', secrets });
    group.start();
    await until('a primary that takes writes', 60, () =>
      atPrimary((redis) => redis.set('{quotes}:first', 1)).then(
        () => true,
        () => false,
      ),
    );
    await atPrimary(async (redis) => {
      await redis.hset('{quotes}:data', { a: '{"text":"Là où ça commence"}', b: 'line\nbreak' });
      await redis.set('{quotes}:version', 2);
      await redis.hset('{users}:data', { editor: '{}' });
    });
  });

  afterAll(async () => {
    await s3?.stop();
    await group.destroy();
  });

  /** Runs commands at the primary. */
  async function atPrimary<T>(use: Parameters<typeof group.with<T>>[3]): Promise<T> {
    const [primary] = await group.primaries();
    if (primary === undefined) throw new Error(`no primary\n${group.logs()}`);
    return group.with(primary, PORTS.redis, 'admin', use);
  }

  const recorded = () =>
    atPrimary((redis) => redis.mget('{backup}:verified', '{backup}:records:quotes', '{backup}:records:users'));

  it('verifies a snapshot against its source, and only then counts it', async () => {
    expect(await jobs.run('redis-backup')).toEqual({ code: 0, log: expect.stringContaining('quotes 2 2') });
    expect(await jobs.snapshots('verified')).toHaveLength(1);
    expect(await jobs.snapshots('unverified')).toEqual([]);
    expect(await recorded()).toEqual(['1', '2', '1']);
  });

  it('shows how it ended through the exporter of each server, with the rights of its user', async () => {
    const [server] = group.servers;
    const servers = theOnly(renderedStore(environment), 'StatefulSet', 'redis');
    const containers = at(servers, 'spec.template.spec.containers') as { name: string; args: string[] }[];
    const args = containers.find(({ name }) => name === 'exporter')?.args ?? [];
    const listen = `127.0.0.1:${await freePort()}`;
    const there = args.map((argument) =>
      argument
        .replace(/^(--redis.addr=redis:..)127.0.0.1/, `$1${server?.address}`)
        .replace(/^(--web.listen-address=).*/, `$1${listen}`),
    );
    const daemon = new Daemon(exporter ?? '', there, { REDIS_PASSWORD: firstPassword('exporter') });
    try {
      await eventually(async () => {
        const text = await (await fetch(`http://${listen}/metrics`)).text();
        expect(text).toContain('redis_key_value{db="db0",key="{backup}:verified"} 1\n');
        expect(text).toContain('redis_key_value{db="db0",key="{backup}:records:quotes"} 2\n');
        expect(text).toContain('redis_key_value{db="db0",key="{backup}:records:users"} 1\n');
      });
    } finally {
      await daemon.stop();
    }
  });

  it('has nothing readable in the repository', () => {
    const folder = target === 's3' ? join(group.folder, 'objects') : jobs.repository;
    const found = execFileSync('grep', ['-rlc', 'commence', folder, group.folder], { encoding: 'utf8' });
    expect(found.split('\n').filter((file) => file.startsWith(folder))).toEqual([]);
    expect(found).not.toBe('');
  });

  it('accepts the writes that arrive while it is taken, and no others', async () => {
    const pod = jobs.pod('redis-backup');
    let writing = true;
    const writer = (async () => {
      for (let index = 0; writing; index += 1) {
        await atPrimary((redis) =>
          redis.multi().hset('{quotes}:data', `during-${index}`, '{}').incr('{quotes}:version').exec(),
        );
      }
    })();
    const ended = await pod.run();
    writing = false;
    await writer;
    expect(ended).toEqual({ code: 0, log: expect.stringContaining('verified') });
  });

  it('rejects a snapshot that lacks records of its source, says so in the store, and keeps counting on the good ones', async () => {
    const good = (await jobs.snapshots('verified')).map(({ id }) => id);
    const pod = jobs.pod('redis-backup');
    await pod.run('dump');
    await atPrimary((redis) => redis.hset('{users}:data', { second: '{}', third: '{}' }));
    const [before, after] = ['before', 'after'].map((name) => join(pod.work, name));
    execFileSync('sed', ['-i', 's/^users 1 /users 3 /', before ?? '', after ?? '']);
    const ended = await pod.run('keep', 'verify', 'settle');
    expect(ended.code).toBe(1);
    expect(ended.log).toContain('users: 1 records after 0 writes, but its source held 3 after 0 and 3 after 0');
    expect((await recorded())[0]).toBe('0');
    expect((await jobs.snapshots('verified')).map(({ id }) => id)).toEqual(good);
  });

  it('rejects a snapshot that no server loads', async () => {
    const pod = jobs.pod('redis-backup');
    await pod.run('dump', 'keep');
    const dump = join(pod.work, 'fetched/dump.rdb');
    execFileSync('truncate', ['-s', '-12', dump]);
    expect(await pod.run('verify')).toEqual({ code: 1, log: expect.stringContaining('a server does not load it') });
  });

  it('keeps the newest of each hour, day and month that the environment asks for', async () => {
    await jobs.run('redis-backup');
    writeFileSync(join(group.folder, 'older'), 'a snapshot of another day');
    const made = ['2026-01-05 10:00:00', '2026-01-05 10:30:00', '2026-01-04 09:00:00', '2025-12-05 10:00:00'];
    const tags = ['--host', environment.namespace, '--tag', 'verified'];
    for (const time of made) await jobs.restic('backup', join(group.folder, 'older'), '--time', time, ...tags);
    await jobs.run('redis-backup');
    const kept = (await jobs.snapshots('verified')).map(({ time }) => time.slice(0, 16));
    expect(kept.slice(0, 3)).toEqual(['2025-12-05T10:00', '2026-01-04T09:00', '2026-01-05T10:30']);
    expect(kept.length).toBeGreaterThan(3);
  });

  it('goes on by itself after a job that was killed, and leaves nothing of it', async () => {
    const killed = jobs.pod('redis-backup');
    await killed.run('dump', 'keep');
    expect(await jobs.snapshots('unverified')).toHaveLength(1);
    expect((await jobs.run('redis-backup')).code).toBe(0);
    expect(await jobs.snapshots('unverified')).toEqual([]);
    expect((await recorded())[0]).toBe('1');
  });

  it('notices a repository that lost bytes', async () => {
    const data = join(
      target === 's3' ? join(group.folder, 'objects/backups', environment.namespace) : jobs.repository,
      'data',
    );
    for (const pack of readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
      const file = join(pack.parentPath, pack.name);
      execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=1', 'count=64', 'conv=notrunc', 'status=none'], {});
      expect(statSync(file).size).toBeGreaterThan(64);
    }
    expect(await jobs.run('redis-backup')).toEqual({
      code: 1,
      log: expect.stringMatching(/repository is damaged|cannot give back/),
    });
  });

  it('fails, and says why, when no server answers', async () => {
    await Promise.all(group.servers.map((server) => server.kill()));
    const { code, log } = await jobs.run('redis-backup');
    expect(code).toBe(1);
    expect(log).toMatch(/does not answer the user backup|the transfer from .* failed/);
  });
});
