import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORTS } from '../app/contract.ts';
import { production } from '../charts/environments/production.ts';
import type { EnvironmentWithStore as Environment } from '../charts/plan/environment.ts';
import { requireStore } from '../test/real-store.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { QuotesProcess } from './redis/quotes-process.ts';
import { RedisGroup } from './redis/redis-group.ts';
import { requireRestic, StoreJobs } from './redis/store-job.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const restic = requireRestic();
const missing = [wrapper, restic, requireStore('valkey-server')].includes(undefined);

/** MEASURE_RESTORE=1 npx vitest run --project e2e e2e/redis-restore-1gib.test.ts: minutes, several GiB of memory and of /tmp. */
const asked = process.env['MEASURE_RESTORE'] !== undefined;
const RECORDS = 1_000_000;
const RECORD_BYTES = 1_000;
const MAX_MEMORY_MIB = 2_048;

function roomy(): Environment {
  const { redis } = production;
  if (redis.kind !== 'sentinel') throw new Error('production has Sentinels');
  return { ...production, redis: { ...redis, container: { ...redis.container, maxMemoryMiB: MAX_MEMORY_MIB } } };
}

describe.skipIf(missing || !asked)('the backup and the restore of a data set of 1 GiB', () => {
  let group: RedisGroup;
  let jobs: StoreJobs;
  let quotes: QuotesProcess;

  beforeAll(async () => {
    const environment = roomy();
    group = new RedisGroup(environment, wrapper ?? '');
    jobs = new StoreJobs({ group, environment, restic: restic ?? '', secrets: { 'restic-password': 'p' } });
    group.start();
    quotes = await QuotesProcess.start(group, environment);
    await until(
      'a created quote',
      90,
      async () => (await quotes.create('first').catch(() => undefined))?.status === 201,
    );
    await fill();
  }, 600_000);

  afterAll(async () => {
    await quotes?.stop();
    await group.destroy();
  });

  async function atPrimary<T>(use: Parameters<typeof group.with<T>>[3]): Promise<T> {
    const [primary] = await group.primaries();
    if (primary === undefined) throw new Error(`no primary\n${group.logs()}`);
    return group.with(primary, PORTS.redis, 'admin', use);
  }

  /** Records as the functions store them, a thousand at a time: through the service it would take an hour. */
  async function fill(): Promise<void> {
    const noise = Buffer.alloc(RECORD_BYTES);
    for (let from = 0; from < RECORDS; from += 2_000) {
      const fields: (string | Buffer)[] = [];
      for (let index = from; index < from + 2_000; index += 1) {
        crypto.getRandomValues(noise);
        fields.push(`record-${index}`, Buffer.from(noise));
      }
      const members = fields.filter((_, position) => position % 2 === 0).flatMap((id) => [0, id]);
      await atPrimary((redis) =>
        redis
          .multi()
          .hset('{quotes}:data', ...fields)
          .zadd('{quotes}:ids', ...(members as (string | number)[]))
          .exec(),
      );
    }
  }

  it('ends, loses nothing, and says how long it took', async () => {
    const bytes = await atPrimary((redis) => redis.info('memory'));
    const used = Number(/used_memory_dataset:(\d+)/.exec(bytes)?.[1]);
    expect(used).toBeGreaterThan(1024 ** 3);
    let began = Date.now();
    const backup = await jobs.run('redis-backup');
    const backupSeconds = (Date.now() - began) / 1_000;
    expect(backup.code, backup.log).toBe(0);
    const acknowledged = new Map<string, number>();
    const refused: number[] = [];
    let going = true;
    const writer = (async () => {
      for (let index = 0; going; index += 1) {
        const { status } = await quotes.create(`during-${index}`);
        if (status === 201) acknowledged.set(`during-${index}`, Date.now());
        else refused.push(Date.now());
      }
    })();
    const pod = jobs.pod('redis-restore', { SNAPSHOT: 'latest', RESTORE_ID: 'measured' });
    began = Date.now();
    const running = pod.run();
    let restored = 0;
    await until('the restored data', 900, () => {
      if (pod.log.includes('restored users')) restored ||= Date.now();
      return restored > 0 || pod.log.includes('what it holds is unchanged');
    });
    const ended = await running;
    const restoreSeconds = (Date.now() - began) / 1_000;
    going = false;
    await writer;
    expect(ended.code, ended.log).toBe(0);
    const held = await atPrimary((redis) => redis.hmget('{quotes}:data', 'record-0', 'first', ...acknowledged.keys()));
    const survivors = [...acknowledged.keys()].filter((_, index) => held[index + 2] !== null);
    const lost = [...acknowledged].filter(([id, at]) => at > restored + 2_000 && !survivors.includes(id));
    expect(held[0]).not.toBeNull();
    expect(lost).toEqual([]);
    const figures = {
      datasetMiB: Math.round(used / 1024 ** 2),
      backupSeconds,
      secondsToRestoredData: (restored - began) / 1_000,
      restoreSeconds,
      secondsWithoutWrites: ((refused.at(-1) ?? 0) - (refused[0] ?? 0)) / 1_000,
      writesAnswered503: refused.length,
      acknowledged: acknowledged.size,
      survivors: survivors.length,
    };
    console.log(JSON.stringify(figures));
  }, 1_500_000);
});
