import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { production } from '../charts/environments/production.ts';
import { requireStore } from '../test/real-store.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { QuotesProcess } from './redis/quotes-process.ts';
import { RedisGroup } from './redis/redis-group.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const missing =
  wrapper === undefined || [requireStore('valkey-server'), requireStore('valkey-sentinel')].includes(undefined);

describe.skipIf(missing)('the quotes service while the primary of its store dies', () => {
  let group: RedisGroup;
  let quotes: QuotesProcess;

  beforeAll(async () => {
    group = new RedisGroup(production, wrapper ?? '');
    group.start();
    quotes = await QuotesProcess.start(group, production);
    await until(
      'a created quote',
      60,
      async () => (await quotes.create(`warm-${Date.now()}`).catch(() => undefined))?.status === 201,
    );
    await until('Sentinels that know both replicas', 30, async () => {
      const known = await Promise.all(group.sentinels.map((sentinel) => group.knownReplicas(sentinel).catch(() => 0)));
      return known.every((count) => count === 2);
    });
  });

  afterAll(async () => {
    await quotes?.stop();
    await group.destroy();
  });

  it('answers 201 or a clear 503, reads within 15 s, writes when every server is back, and has every quote that it acknowledged', async () => {
    onTestFailed(() => console.error(quotes.log, group.logs()));
    const acknowledged: string[] = [];
    const others: { status: number; type: string; retryAfter: string | null }[] = [];
    const create = async (id: string) => {
      const answer = await quotes.create(id);
      if (answer.status === 201) acknowledged.push(id);
      else others.push(answer);
      return answer.status === 201;
    };
    for (let index = 0; index < 200; index += 1) await create(`before-${index}`);
    const [primary] = await group.primaries();
    await primary?.kill();
    await create('refused');
    // With a server away nothing may be acknowledged; the successor answers reads.
    await until('a read after the death', 15, () => quotes.has('before-199').catch(() => false));
    primary?.start();
    let index = 0;
    await until('a write after the death', 30, async () => {
      index += 1;
      return create(`after-${index}`);
    });
    for (let more = 0; more < 100; more += 1) await create(`later-${more}`);
    expect(others.length).toBeGreaterThan(0);
    for (const { status, type, retryAfter } of others) {
      expect({ status, type }).toEqual({ status: 503, type: expect.stringContaining('application/problem+json') });
      expect(Number(retryAfter)).toBeGreaterThan(0);
    }
    const held = await Promise.all(acknowledged.map((id) => quotes.has(id)));
    expect(acknowledged.filter((_, position) => held[position] !== true)).toEqual([]);
  });
});
