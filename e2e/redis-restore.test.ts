import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { PORTS } from '../app/contract.ts';
import { production } from '../charts/environments/production.ts';
import { RealRedis } from '../test/real-redis.ts';
import { requireStore } from '../test/real-store.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { QuotesProcess } from './redis/quotes-process.ts';
import { RedisGroup } from './redis/redis-group.ts';
import { requireRestic, StoreJobs } from './redis/store-job.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const restic = requireRestic();
const server = requireStore('valkey-server');
const missing = [wrapper, restic, server, requireStore('valkey-cli')].includes(undefined);

describe.skipIf(missing)('a restore of the store that production uses, while the quotes service writes', () => {
  let group: RedisGroup;
  let jobs: StoreJobs;
  let quotes: QuotesProcess;
  /** Quotes that were answered with 201, in order. */
  const acknowledged: string[] = [];
  /** Answers to all other writes. */
  const refusals: { status: number; type: string; retryAfter: string | null }[] = [];

  beforeAll(async () => {
    group = new RedisGroup(production, wrapper ?? '');
    jobs = new StoreJobs({ group, environment: production, restic: restic ?? '', secrets: { 'restic-password': 'p' } });
    group.start();
    quotes = await QuotesProcess.start(group, production);
    await until('a created quote', 60, () => create('first').catch(() => false));
    await until('two replicas', 30, async () => (await info('replication'))['connected_slaves'] === '2');
  });

  afterAll(async () => {
    await quotes?.stop();
    await group.destroy();
  });

  async function atPrimary<T>(use: Parameters<typeof group.with<T>>[3]): Promise<T> {
    const [primary] = await group.primaries();
    if (primary === undefined) throw new Error(`no primary\n${group.logs()}`);
    return group.with(primary, PORTS.redis, 'admin', use);
  }

  async function info(section: string): Promise<Record<string, string>> {
    const [primary] = await group.primaries();
    if (primary === undefined) throw new Error(`no primary\n${group.logs()}`);
    return group.info(primary, section);
  }

  async function create(id: string): Promise<boolean> {
    const answer = await quotes.create(id);
    if (answer.status === 201) acknowledged.push(id);
    else refusals.push(answer);
    return answer.status === 201;
  }

  /** Creates quotes without a pause while something else goes on. */
  async function writingDuring<T>(prefix: string, work: Promise<T>): Promise<T> {
    let going = true;
    const writer = (async () => {
      for (let index = 0; going; index += 1) await create(`${prefix}-${index}`);
    })();
    const result = await work;
    going = false;
    await writer;
    return result;
  }

  async function present(ids: readonly string[]): Promise<string[]> {
    const held = await atPrimary((redis) => redis.hmget('{quotes}:data', ...ids));
    return ids.filter((_, index) => held[index] !== null);
  }

  /** Those of the ids that the newest snapshot of what was replaced holds. */
  async function replaced(ids: readonly string[]): Promise<string[]> {
    const snapshots = await jobs.snapshots('replaced');
    const scratch = await RealRedis.start(server ?? '');
    try {
      await jobs.restic('restore', `${snapshots.at(-1)?.id}:/kept`, '--target', scratch.folder);
      await scratch.kill();
      await scratch.restart();
      const redis = new Redis(scratch.port);
      const held = await redis.hmget('{quotes}:data', ...ids);
      redis.disconnect();
      return ids.filter((_, index) => held[index] !== null);
    } finally {
      await scratch.stop();
    }
  }

  const restoredBy = async () => (await atPrimary((redis) => redis.get('{backup}:restored'))) ?? undefined;

  const restore = (id: string, env: NodeJS.ProcessEnv = {}) =>
    jobs.pod('redis-restore', { SNAPSHOT: 'latest', RESTORE_ID: id, ...env });

  it('loses nothing: what was acknowledged is in the store, or with what was replaced', async () => {
    onTestFailed(() => console.error(quotes.log, group.logs()));
    for (let index = 0; index < 200; index += 1) await create(`saved-${index}`);
    const saved = [...acknowledged];
    const users = await atPrimary((redis) => redis.call('ACL', 'LIST'));
    expect((await jobs.run('redis-backup')).code).toBe(0);
    for (let index = 0; index < 100; index += 1) await create(`later-${index}`);
    const ended = await writingDuring('during', restore('one').run());
    expect(ended).toEqual({ code: 0, log: expect.stringContaining('what was replaced is kept as snapshot') });
    for (let index = 0; index < 100; index += 1) await create(`after-${index}`);

    const inStore = new Set(await present(acknowledged));
    expect(saved.filter((id) => !inStore.has(id))).toEqual([]);
    const missingNow = acknowledged.filter((id) => !inStore.has(id));
    expect(missingNow).toEqual(expect.arrayContaining(['later-0', 'later-99']));
    expect(await replaced(missingNow)).toEqual(missingNow);
    // One cut: all that was acknowledged after the first survivor has survived.
    const firstSurvivor = acknowledged.findIndex((id) => id.startsWith('during-') && inStore.has(id));
    expect(acknowledged.slice(firstSurvivor).filter((id) => !inStore.has(id))).toEqual([]);
    expect(acknowledged.slice(firstSurvivor)).toEqual(expect.arrayContaining(['after-0', 'after-99']));

    expect(refusals.length).toBeGreaterThan(0);
    for (const { status, type, retryAfter } of refusals) {
      expect({ status, type }).toEqual({ status: 503, type: expect.stringContaining('application/problem+json') });
      expect(Number(retryAfter)).toBeGreaterThan(0);
    }
    expect(await atPrimary((redis) => redis.call('ACL', 'LIST'))).toEqual(users);
    expect(await atPrimary((redis) => redis.config('GET', 'maxmemory'))).toEqual([
      'maxmemory',
      String(512 * 1024 * 1024),
    ]);
    expect((await info('keyspace'))['db1']).toBeUndefined();
    expect((await info('replication'))['connected_slaves']).toBe('2');
  });

  it('brings back what it replaced: that is a snapshot like any other', async () => {
    const [snapshot] = await jobs.snapshots('replaced');
    const ended = await restore('two', { SNAPSHOT: snapshot?.id }).run();
    expect(ended.code, ended.log).toBe(0);
    expect(await present(['saved-0', 'later-99', 'after-0'])).toEqual(['saved-0', 'later-99']);
  });

  it.each([
    ['fills', 'three', (log: string) => log.includes('rejected from now on')],
    ['has exchanged', 'four', (log: string) => log.includes('restored users')],
  ])('ends right when it is killed while it %s the databases, and another pod takes over', async (_, id, reached) => {
    await create(`lost-by-restore-${id}`);
    const before = acknowledged.at(-1) ?? '';
    const first = restore(id);
    const killed = first.run();
    await until('the moment', 60, () => reached(first.log));
    first.kill();
    expect((await killed).code).not.toBe(0);
    const second = await restore(id).run();
    expect(second.code, second.log).toBe(0);
    expect(await present(['saved-0', 'later-99', before])).toEqual(['saved-0']);
    expect(await replaced([before])).toEqual([before]);
    await until('a write', 10, () => create(`again-${id}`));
    expect((await restore(id).run()).log).toContain('this restore has ended already');
    expect(await present([`again-${id}`])).toEqual([`again-${id}`]);
  });

  it.each([
    ['fetches', (log: string) => Promise.resolve(log === '')],
    ['fills the database', (log: string) => Promise.resolve(log.includes('rejected from now on'))],
    ['has filled a part', async () => (await atPrimary((redis) => redis.info('keyspace'))).includes('db1:')],
    ['has exchanged the databases', async () => (await restoredBy()) !== undefined],
    ['keeps what it replaced', (log: string) => Promise.resolve(log.includes('restored users'))],
  ])('does not stop the services when it is killed for good while it %s', async (stage, reached) => {
    const users = await atPrimary((redis) => redis.call('ACL', 'LIST'));
    const id = stage.replaceAll(' ', '-');
    for (let index = 0; index < 20; index += 1) await create(`before-${id}-${index}`);
    await atPrimary((redis) => redis.del('{backup}:restored'));
    // Small blocks: filling takes seconds, so that it can be seen and ended in the middle.
    const pod = restore(id, { POUR_BYTES: '512' });
    const killed = pod.run();
    await until('the moment', 60, () => reached(pod.log));
    pod.kill();
    expect((await killed).code).not.toBe(0);
    // The lease of the restore, and three looks of the guard: also where it was killed between one user and the next.
    const lease = 45;
    await until('a write', lease, () => create(`after-${id}`));
    await until(
      'the rights of before',
      lease,
      async () => JSON.stringify(await atPrimary((redis) => redis.call('ACL', 'LIST'))) === JSON.stringify(users),
    );
    // What was replaced waits in database 1 for the next job; a part of a snapshot does not.
    if (stage === 'has filled a part')
      await until('an empty database 1', lease, async () => (await info('keyspace'))['db1'] === undefined);
    const ended = await restore(`next-${id}`).run();
    // One that had exchanged the databases is finished first; the job then says that it has to run again.
    if (ended.code !== 0) expect(ended.log).toContain('run this one again');
    const inStore = await present(acknowledged.filter((quote) => quote.includes(id)));
    const lost = acknowledged.filter((quote) => quote.includes(id) && !inStore.includes(quote));
    expect(await replaced(lost)).toEqual(lost);
    expect(await atPrimary((redis) => redis.config('GET', 'maxmemory'))).toContain(String(512 * 1024 * 1024));
  });

  it('leaves the store alone when there is no such snapshot, or a damaged one', async () => {
    const before = await present(acknowledged);
    const none = await restore('five', { SNAPSHOT: 'ffffffff' }).run();
    expect(none).toEqual({ code: 1, log: expect.stringContaining("no snapshot 'ffffffff'") });
    const damaged = restore('six');
    await damaged.run('fetch');
    const dump = join(damaged.work, 'fetched/dump.rdb');
    truncateSync(dump, statSync(dump).size - 12);
    expect(await damaged.run('swap')).toEqual({ code: 1, log: expect.stringContaining('does not load the snapshot') });
    expect(await present(acknowledged)).toEqual(before);
    expect(await create('unharmed')).toBe(true);
  });

  it('is on the disks: everything is there after all servers were killed', async () => {
    const before = await present(acknowledged);
    await Promise.all(group.pods.map((pod) => pod.kill()));
    group.start();
    await until('the restored data', 60, async () => {
      const now = await present(acknowledged).catch(() => []);
      return now.length === before.length;
    });
  });
});
