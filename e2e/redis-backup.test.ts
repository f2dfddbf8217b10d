import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORTS } from '../app/contract.ts';
import type { Environment } from '../charts/environments/environment.ts';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import { requireStore } from '../test/real-store.ts';
import type { Pod } from './redis/pod.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { RedisGroup } from './redis/redis-group.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const programs = [requireStore('valkey-server'), requireStore('valkey-cli'), requireStore('valkey-check-rdb')];
const missing = wrapper === undefined || programs.includes(undefined);

describe.skipIf(missing).each<[string, Environment]>([
  ['one persistent server', staging],
  ['three servers with Sentinels', production],
])('backups of %s', (_, environment) => {
  let group: RedisGroup;
  let volume: string;
  let job: Pod;

  beforeAll(async () => {
    group = new RedisGroup(environment, wrapper ?? '');
    group.start();
    await until('a primary that takes writes', 60, async () => {
      const [primary] = await group.primaries();
      if (primary === undefined) return false;
      return group
        .with(primary, PORTS.redis, 'admin', (redis) => redis.set('{quotes}:first', 1))
        .then(
          () => true,
          () => false,
        );
    });
    volume = join(group.folder, 'backup');
    mkdirSync(volume);
    job = group.pod('redis-backup', 'redis-backup', 'backup.sh');
  });

  afterAll(() => group.destroy());

  const run = (script: string, env: NodeJS.ProcessEnv = {}) => job.exec(script, [], { BACKUP_DIR: volume, ...env });
  const snapshots = () => readdirSync(volume).sort();

  /** Runs commands at the primary as the services do. */
  async function atPrimary<T>(use: Parameters<typeof group.with<T>>[3]): Promise<T> {
    const [primary] = await group.primaries();
    if (primary === undefined) throw new Error(`no primary\n${group.logs()}`);
    return group.with(primary, PORTS.redis, 'admin', use);
  }

  it('keeps a checked snapshot, and brings all of it back: values, streams, times to live', async () => {
    await atPrimary(async (redis) => {
      await redis.hset('{quotes}:data', { a: '{"text":"Là où ça commence"}', b: 'line\nbreak' });
      await redis.zadd('{quotes}:ids', 0, 'a', 0, 'b');
      await redis.xadd('{quotes}:changes', '7-0', 'op', 'put');
      await redis.set('{quotes}:a key\nwith "everything"', 'x', 'EX', 1_000);
    });
    expect(await run('backup.sh')).toEqual({ code: 0, log: expect.stringContaining('kept quotes-') });
    expect(snapshots()).toEqual([expect.stringMatching(/^quotes-\d{8}T\d{6}Z\.rdb$/)]);
    await atPrimary(async (redis) => {
      await redis.del('{quotes}:data', '{quotes}:ids');
      await redis.set('{users}:written-later', 1);
    });
    expect(await run('restore.sh')).toEqual({ code: 0, log: expect.stringContaining('restored:') });
    await atPrimary(async (redis) => {
      expect(await redis.hget('{quotes}:data', 'a')).toBe('{"text":"Là où ça commence"}');
      expect(await redis.hget('{quotes}:data', 'b')).toBe('line\nbreak');
      expect(await redis.xrange('{quotes}:changes', '-', '+')).toEqual([['7-0', ['op', 'put']]]);
      expect(await redis.ttl('{quotes}:a key\nwith "everything"')).toBeGreaterThan(900);
      expect(await redis.exists('{users}:written-later')).toBe(0);
    });
  });

  it('has the restored data in the AOF: it is there after everything was killed', async () => {
    await Promise.all(group.pods.map((pod) => pod.kill()));
    group.start();
    await until('the restored data', 60, () =>
      atPrimary((redis) => redis.hget('{quotes}:data', 'b')).then(
        (value) => value === 'line\nbreak',
        () => false,
      ),
    );
  });

  it('refuses a damaged snapshot and leaves the store alone', async () => {
    const [name = ''] = snapshots();
    const bytes = readFileSync(join(volume, name));
    writeFileSync(join(volume, 'quotes-29990101T000000Z.rdb'), bytes.subarray(0, bytes.length - 12));
    expect(await run('restore.sh')).toEqual({ code: 1, log: expect.stringContaining('is damaged') });
    expect(await atPrimary((redis) => redis.exists('{quotes}:data'))).toBe(1);
    expect(await run('restore.sh', { SNAPSHOT: 'quotes-none.rdb' })).toEqual({
      code: 1,
      log: expect.stringContaining("no snapshot 'quotes-none.rdb'"),
    });
  });

  it('keeps the newest and removes older ones', async () => {
    const settings = group.filesOf('redis-backup')['settings.sh'] ?? '';
    const keep = Number(/KEEP='(\d+)'/.exec(settings)?.[1]);
    for (let index = 0; index < keep + 3; index += 1) {
      writeFileSync(join(volume, `quotes-2001${String(index).padStart(4, '0')}T000000Z.rdb`), '');
    }
    expect((await run('backup.sh')).code).toBe(0);
    expect(snapshots()).toHaveLength(keep);
    expect(snapshots()).not.toContain('quotes-20010000T000000Z.rdb');
  });

  it('fails, and says why, when no server answers', async () => {
    await Promise.all(group.servers.map((server) => server.kill()));
    const before = snapshots();
    const { code, log } = await run('backup.sh');
    expect(code).toBe(1);
    expect(log).toMatch(/does not answer the user backup|the transfer from .* failed/);
    expect(snapshots()).toEqual(before);
  });
});
