import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFailed } from 'vitest';
import { PORTS } from '../app/contract.ts';
import { dev } from '../charts/environments/dev.ts';
import { production } from '../charts/environments/production.ts';
import { staging } from '../charts/environments/staging.ts';
import type { EnvironmentWithStore as Environment } from '../charts/plan/environment.ts';
import { requireStore } from '../test/real-store.ts';
import type { Pod } from './redis/pod.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { RedisGroup } from './redis/redis-group.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const missing =
  wrapper === undefined || [requireStore('valkey-server'), requireStore('valkey-sentinel')].includes(undefined);

/** The exit code of a server that aborts; RedisRejectsItsData is raised by it. */
const ABORTED = 134;
const KEYS = ['data', 'ids', 'version', 'changes', 'secrets'].map((key) => `{quotes}:${key}`);
const IDS = Array.from({ length: 100 }, (_, index) => `quote-${index}`);

describe.skipIf(missing)('a store whose servers all stop and start again', () => {
  let group: RedisGroup;
  afterEach(() => group.destroy());

  async function started(environment: Environment): Promise<RedisGroup> {
    group = new RedisGroup(environment, wrapper ?? '');
    onTestFailed(() => console.error(group.logs()));
    group.start();
    await ready();
    return group;
  }

  async function ready(): Promise<void> {
    await until('every server ready', 60, async () => {
      const probes = await Promise.all(group.servers.map((server) => server.exec('probe.sh', ['ready'])));
      return probes.every(({ code }) => code === 0);
    });
  }

  async function primary(): Promise<Pod> {
    const [found] = await group.primaries();
    if (found === undefined) throw new Error('no primary');
    return found;
  }

  /** Quotes as the services write them: each is a transaction in the append-only file. */
  async function write(): Promise<void> {
    await until('a primary that takes writes', 30, async () => {
      const server = await primary();
      const write = group.with(server, PORTS.redis, 'quotes', async (redis) => {
        for (const id of IDS) await redis.fcall('create_record', 5, ...KEYS, id, Date.now(), '1', '{}', '', '');
        return redis.call('WAITAOF', '0', group.replicas, '2000');
      });
      return write.then(
        () => true,
        () => false,
      );
    });
  }

  it.each([staging, production])('has everything afterwards in $name', async (environment) => {
    await started(environment);
    await write();
    await Promise.all(group.servers.map((server) => server.kill()));
    for (const server of group.servers) server.start();
    await ready();
    for (const server of group.servers) expect(await group.missing(server, IDS)).toEqual([]);
  });

  it.each([staging, production])(
    'serves nothing in $name where it must reject its own data, says which command, and keeps its file',
    async (environment) => {
      await started(environment);
      await write();
      await Promise.all(group.servers.map((server) => server.kill()));
      // The mistake that once emptied the store: the user as whom the file is replayed has no rights.
      const script = (server: Pod) => join(server.configFolder, 'start-redis.sh');
      const right = readFileSync(script(await first()), 'utf8');
      for (const server of group.servers)
        writeFileSync(script(server), right.replace('default off ~* &* +@all', 'default off'));
      for (const server of group.servers) server.start();
      await until('the end of every server', 30, () => group.servers.every(({ running }) => !running));
      for (const server of group.servers) {
        expect(server.exitCode).toBe(ABORTED);
        expect(server.log).toMatch(/NOPERM.*AOF|AOF.*NOPERM/);
        expect(server.log).toContain('"INCR"');
        expect((await server.exec('probe.sh', ['ready'])).code).not.toBe(0);
      }
      for (const server of group.servers) writeFileSync(script(server), right);
      for (const server of group.servers) server.start();
      await ready();
      for (const server of group.servers) expect(await group.missing(server, IDS)).toEqual([]);
    },
  );

  it('serves again in dev, where it starts empty by choice', async () => {
    await started(dev);
    await write();
    await (await first()).kill();
    (await first()).loseVolume();
    (await first()).start();
    await ready();
    await write();
    expect(await group.missing(await first(), IDS)).toEqual([]);
  });

  async function first(): Promise<Pod> {
    const [server] = group.servers;
    if (server === undefined) throw new Error('no server');
    return server;
  }
});
