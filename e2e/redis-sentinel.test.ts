import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { PORTS } from '../app/contract.ts';
import { production } from '../charts/environments/production.ts';
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
    await until('one primary with two replicas that may succeed it', 60, async () => {
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
    const keys = writer?.acknowledged ?? [];
    expect(keys.length).toBeGreaterThanOrEqual(200);
    const held = await group.with(primary, PORTS.redis, 'admin', (redis) => redis.mget(keys));
    expect(keys.filter((_, index) => held[index] === null)).toEqual([]);
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

  it('replaces a primary that is killed under writes, and takes it back as a replica at a new address', async () => {
    const primary = await settled();
    const current = await startWriter('killed');
    const killedAt = Date.now();
    await primary.kill();
    await until('no writes at the dead primary', 5, () => !current.wroteSince(Date.now() - 500));
    await writing(Date.now(), FAILOVER_SECONDS);
    expect(Date.now() - killedAt).toBeLessThan(FAILOVER_SECONDS * 1_000);
    primary.start();
    const successor = await settled();
    expect(successor).not.toBe(primary);
    await expectNothingLost(successor);
  });

  it('leaves the lead to a replica when the primary is back before anybody has missed it', async () => {
    const primary = await settled();
    await startWriter('restarted');
    await primary.kill();
    primary.start();
    const successor = await settled();
    expect(successor).not.toBe(primary);
    expect(primary.log).toContain('standing back');
    await expectNothingLost(successor);
  });

  it('hands over without losing a write or waiting for a timeout when the primary is asked to stop', async () => {
    const primary = await settled();
    await startWriter('handed-over');
    const stoppedAt = Date.now();
    await primary.terminate();
    expect(primary.log).toContain('handed over');
    await writing(Date.now(), FAILOVER_SECONDS);
    expect(Date.now() - stoppedAt).toBeLessThan(FAILOVER_SECONDS * 1_000);
    primary.start();
    await expectNothingLost(await settled());
  });

  it('writes on without one Sentinel, replaces the primary without it, and tells it when it is back with an empty volume', async () => {
    const primary = await settled();
    const [sentinel] = group.sentinels;
    await startWriter('two-sentinels');
    await sentinel?.kill();
    await writing(Date.now(), 5);
    await primary.kill();
    await writing(Date.now(), FAILOVER_SECONDS);
    sentinel?.loseVolume();
    sentinel?.start();
    primary.start();
    await expectNothingLost(await settled());
  });

  it('comes back with one primary and every acknowledged write when all servers are killed and restarted at once', async () => {
    const primary = await settled();
    await startWriter('all-servers');
    await Promise.all(group.servers.map((server) => server.kill()));
    // The stale ones first: a replica that is alone must not be promoted.
    for (const server of group.servers) if (server !== primary) server.start();
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    expect(await group.primaries()).toEqual([]);
    primary.start();
    await writing(Date.now(), 45);
    expect(await settled()).toBe(primary);
    await expectNothingLost(primary);
  });

  it('comes back the same when servers and Sentinels are killed and restarted at once', async () => {
    const primary = await settled();
    await startWriter('everything');
    await Promise.all(group.pods.map((pod) => pod.kill()));
    group.start();
    await writing(Date.now(), 45);
    expect(await settled()).toBe(primary);
    await expectNothingLost(primary);
  });

  it('never lets a server lead that has lost its volume', async () => {
    const primary = await settled();
    await startWriter('empty-volume');
    await primary.kill();
    primary.loseVolume();
    primary.start();
    const successor = await settled();
    expect(successor).not.toBe(primary);
    await expectNothingLost(successor);
  });

  it('waits when the primary has lost its volume and the others restarted, until a person promotes one (docs/redis.md)', async () => {
    const primary = await settled();
    await startWriter('promoted-by-hand');
    const attemptsInVain = () =>
      group.sentinels
        .map(({ log }) => log)
        .join()
        .split('-failover-abort-no-good-slave').length;
    const before = attemptsInVain();
    await Promise.all(group.servers.map((server) => server.kill()));
    primary.loseVolume();
    for (const server of group.servers) server.start();
    await until('the refusal of the empty server', 30, () => primary.log.includes('its volume is empty'));
    // Whichever Sentinel is elected for the attempt: it may promote nobody.
    await until('two attempts of the Sentinels', 40, () => attemptsInVain() >= before + 2);
    expect(await group.primaries()).toEqual([]);
    const size = (server: Pod) => group.with(server, PORTS.redis, 'admin', (redis) => redis.dbsize());
    const [first, second] = group.servers.filter((server) => server !== primary);
    if (first === undefined || second === undefined) throw new Error('fewer than two replicas');
    const chosen = (await size(first)) >= (await size(second)) ? first : second;
    await group.with(chosen, PORTS.redis, 'admin', (redis) => redis.config('SET', 'replica-priority', '100'));
    expect(await settled()).toBe(chosen);
    await expectNothingLost(chosen);
  });

  it('follows no Sentinels that have lost their volumes, until a person names the primary (docs/redis.md)', async () => {
    const primary = await settled();
    const epochFile = (server: Pod) => join(server.volume, 'known-epoch');
    await until('every server remembering the epoch', 15, () =>
      group.servers.every((server) => existsSync(epochFile(server))),
    );
    await Promise.all(group.pods.map((pod) => pod.kill()));
    for (const sentinel of group.sentinels) sentinel.loseVolume();
    group.start();
    const refuses = (server: Pod) => server.log.includes('lost their volumes');
    await until('the refusal of every server', 30, () => group.servers.every(refuses));
    expect(await group.primaries()).toEqual([]);
    for (const sentinel of group.sentinels) {
      const config = join(sentinel.volume, 'sentinel.conf');
      const named = readFileSync(config, 'utf8').replace(/^(sentinel monitor quotes) \S+/m, `$1 ${primary.host}`);
      await sentinel.kill();
      writeFileSync(config, named);
      sentinel.start();
    }
    for (const server of group.servers) rmSync(epochFile(server));
    expect(await settled()).toBe(primary);
  });
});
