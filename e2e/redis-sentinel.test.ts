import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { PORTS } from '../app/contract.ts';
import { production } from '../charts/environments/production.ts';
import { FAILOVER_TIMES } from '../charts/redis/config.ts';
import { requireStore } from '../test/real-store.ts';
import type { Pod } from './redis/pod.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { RedisGroup } from './redis/redis-group.ts';
import { until } from './redis/until.ts';
import { Writer } from './redis/writer.ts';

const wrapper = requireNssWrapper();
const programs = [requireStore('valkey-server'), requireStore('valkey-sentinel'), requireStore('valkey-cli')];
const missing = wrapper === undefined || programs.includes(undefined);

/** Recovery that the services bridge (design, "The application"). */
const FAILOVER_SECONDS = 15;

describe.skipIf(missing)('three Redis and three Sentinels, started by the scripts of the ConfigMap', () => {
  let group: RedisGroup;
  let writer: Writer | undefined;

  beforeAll(async () => {
    group = new RedisGroup(production, wrapper ?? '');
  });

  afterEach(async () => {
    await writer?.stop();
    writer = undefined;
  });

  afterAll(() => group.destroy());

  /** One primary, two replicas in step, all Sentinels of one mind. */
  async function settled(): Promise<Pod> {
    let primary: Pod | undefined;
    await until('one primary with two replicas that may succeed it', 90, async () => {
      const primaries = await group.primaries();
      primary = primaries[0];
      if (primaries.length !== 1 || primary === undefined) return false;
      const { host } = primary;
      const named = await Promise.all(group.sentinels.map((sentinel) => group.named(sentinel)));
      const known = await Promise.all(group.sentinels.map((sentinel) => group.knownReplicas(sentinel).catch(() => 0)));
      const replicas = group.servers.filter((server) => server !== primary);
      const states = await Promise.all(
        replicas.map((server) => group.info(server, 'replication').catch(() => undefined)),
      );
      return (
        named.every((name) => name === host) &&
        known.every((count) => count === replicas.length) &&
        states.every((state) => state?.['master_link_status'] === 'up' && state['slave_priority'] === '100')
      );
    });
    if (primary === undefined) throw new Error('no primary');
    return primary;
  }

  /** A writer in full swing. */
  async function startWriter(prefix: string): Promise<Writer> {
    const started = new Writer(group, prefix);
    writer = started;
    onTestFailed(() => console.error(group.logs(), started.refusals));
    await until('200 acknowledged writes', 20, () => started.acknowledged.length >= 200);
    return started;
  }

  async function writing(since: number, seconds: number): Promise<void> {
    await until('an acknowledged write', seconds, () => writer?.wroteSince(since) ?? false);
  }

  /** Every acknowledged write is at the primary. */
  async function expectNothingLost(primary: Pod): Promise<void> {
    await writer?.stop();
    const ids = writer?.acknowledged ?? [];
    expect(ids.length).toBeGreaterThanOrEqual(200);
    expect(await group.missing(primary, ids)).toEqual([]);
  }

  it('comes up in any order: the last ordinal first, Sentinels one by one after the servers', async () => {
    const [first, second, third] = group.servers;
    third?.start();
    second?.start();
    await until('the servers wait for a majority', 20, () => third?.log.includes('fewer than 2 Sentinels') ?? false);
    expect(await group.primaries()).toEqual([]);
    for (const sentinel of group.sentinels) sentinel.start();
    first?.start();
    expect((await settled()).host).toBe('redis-0.redis');
  });

  it('replaces a primary that is killed under writes: reads within the failover, writes when it is back as a replica', async () => {
    const primary = await settled();
    const current = await startWriter('killed');
    await primary.kill();
    await until('a successor', FAILOVER_SECONDS, async () => (await group.primaries()).length === 1);
    const [successor] = await group.primaries();
    if (successor === undefined) throw new Error('no successor');
    // With a server away nothing can be acknowledged; what was is there to be read.
    expect(await group.missing(successor, current.acknowledged)).toEqual([]);
    primary.start();
    await writing(Date.now(), 30);
    expect(await settled()).toBe(successor);
    await expectNothingLost(successor);
  });

  it('loses nothing when the primary is back before anybody has missed it', async () => {
    const primary = await settled();
    await startWriter('restarted');
    await primary.kill();
    primary.start();
    await writing(Date.now(), 30);
    await expectNothingLost(await settled());
  });

  it('has a successor for readers before the Sentinels could miss a primary that is asked to stop', async () => {
    const primary = await settled();
    const current = await startWriter('handed-over');
    const stoppedAt = Date.now();
    await primary.terminate();
    expect(primary.log).toContain('handed over');
    expect(await group.primaries()).toHaveLength(1);
    expect(Date.now() - stoppedAt).toBeLessThan(FAILOVER_TIMES.downAfter * 1_000);
    const [successor] = await group.primaries();
    if (successor === undefined) throw new Error('no successor');
    expect(await group.missing(successor, current.acknowledged)).toEqual([]);
    primary.start();
    await writing(Date.now(), 30);
    await expectNothingLost(await settled());
  });

  it('replaces the primary without one Sentinel, which finds the new one when it is back with an empty volume', async () => {
    const primary = await settled();
    const [sentinel] = group.sentinels;
    await startWriter('two-sentinels');
    await sentinel?.kill();
    await writing(Date.now(), 5);
    await primary.kill();
    await until('a successor', FAILOVER_SECONDS, async () => (await group.primaries()).length === 1);
    sentinel?.loseVolume();
    sentinel?.start();
    primary.start();
    const successor = await settled();
    expect(successor).not.toBe(primary);
    await expectNothingLost(successor);
  });

  it('comes back with every acknowledged write when servers and Sentinels are killed and restarted at once', async () => {
    await settled();
    await startWriter('everything');
    await Promise.all(group.pods.map((pod) => pod.kill()));
    group.start();
    await writing(Date.now(), 45);
    await expectNothingLost(await settled());
  });

  it('lets any server lead that comes back alone, because each has all that was acknowledged', async () => {
    const primary = await settled();
    const current = await startWriter('alone');
    await Promise.all(group.servers.map((server) => server.kill()));
    const [alone] = group.servers.filter((server) => server !== primary);
    if (alone === undefined) throw new Error('no replica');
    alone.start();
    await until('the replica leads', 45, async () => (await group.primaries()).includes(alone));
    expect(await group.missing(alone, current.acknowledged)).toEqual([]);
    for (const server of group.servers) if (server !== alone) server.start();
    await writing(Date.now(), 45);
    await expectNothingLost(await settled());
  });

  it('never lets a server lead that has lost its volume, even when every other one was restarted with it', async () => {
    const primary = await settled();
    await startWriter('empty-volume');
    await Promise.all(group.servers.map((server) => server.kill()));
    primary.loseVolume();
    for (const server of group.servers) server.start();
    await until('the refusal of the empty server', 30, () => primary.log.includes('its volume is empty'));
    const successor = await settled();
    expect(successor).not.toBe(primary);
    await expectNothingLost(successor);
  });

  it('is watched again when every Sentinel has lost its volume while another server than the first leads', async () => {
    const primary = await settled();
    const [first, second] = group.servers;
    const leader = primary === first ? second : primary;
    await startWriter('forgotten');
    if (primary === first) await primary.terminate();
    await until('another leader', 30, async () => (await group.primaries()).some((server) => server !== first));
    if (primary === first) first?.start();
    await Promise.all(group.sentinels.map((sentinel) => sentinel.kill()));
    for (const sentinel of group.sentinels) sentinel.loseVolume();
    for (const sentinel of group.sentinels) sentinel.start();
    const found = await settled();
    expect(found).not.toBe(first);
    expect(leader).toBeDefined();
    await expectNothingLost(found);
  });

  it('loads the functions again on a primary that has lost them', async () => {
    const primary = await settled();
    await group.with(primary, PORTS.redis, 'admin', (redis) => redis.function('FLUSH'));
    await startWriter('functions');
    await expectNothingLost(await settled());
  });
});

describe.skipIf(missing)('three servers of which one replica confirms', () => {
  it('leave nobody in the lead who was restarted and has not reached the primary since', async () => {
    if (production.redis.kind !== 'sentinel') throw new Error('production has Sentinels');
    const group = new RedisGroup(
      { ...production, redis: { ...production.redis, durability: 'majority' } },
      wrapper ?? '',
    );
    try {
      group.start();
      await until('three servers in step', 60, async () => {
        const probes = await Promise.all(group.servers.map((server) => server.exec('probe.sh', ['ready'])));
        return probes.every(({ code }) => code === 0);
      });
      const [primary] = await group.primaries();
      const writer = new Writer(group, 'majority');
      await until('200 acknowledged writes', 20, () => writer.acknowledged.length >= 200);
      await Promise.all(group.servers.map((server) => server.kill()));
      await writer.stop();
      const aborted = () => group.sentinels.map(({ log }) => log.split('-failover-abort-no-good-slave').length).join();
      const before = aborted();
      for (const server of group.servers) if (server !== primary) server.start();
      await until('an attempt of the Sentinels in vain', 40, () => aborted() !== before);
      expect(await group.primaries()).toEqual([]);
      primary?.start();
      await until('the old primary leads', 45, async () =>
        (await group.primaries()).some((server) => server === primary),
      );
      if (primary !== undefined) expect(await group.missing(primary, writer.acknowledged)).toEqual([]);
    } finally {
      await group.destroy();
    }
  });
});
