import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORTS } from '../app/contract.ts';
import { production } from '../charts/environments/production.ts';
import { requireStore } from '../test/real-store.ts';
import { requireProgram } from '../test/requires.ts';
import type { Pod } from './redis/pod.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { firstPassword, RedisGroup } from './redis/redis-group.ts';
import { keysOf, ROLE_COMMANDS } from './redis/role-commands.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const missing =
  wrapper === undefined || [requireStore('valkey-server'), requireStore('valkey-sentinel')].includes(undefined);

/** A round of the guard is 150 programs, several seconds where other suites run beside it. */
const SECONDS = 30;

describe.skipIf(missing)('users and passwords of a running store', () => {
  let group: RedisGroup;

  beforeAll(async () => {
    group = new RedisGroup(production, wrapper ?? '');
    group.start();
    // Connected is not in step: until its first transfer is over, a replica lets the primary take no write.
    await until('three servers in step', 60, async () => {
      const probes = await Promise.all(group.servers.map((server) => server.exec('probe.sh', ['ready'])));
      const [primary] = await group.primaries();
      if (primary === undefined || probes.some(({ code }) => code !== 0)) return false;
      return (await group.info(primary, 'replication'))['min_slaves_good_slaves'] === '2';
    });
  });

  afterAll(() => group.destroy());

  async function primary() {
    const [found] = await group.primaries();
    if (found === undefined) throw new Error(`no primary\n${group.logs()}`);
    return found;
  }

  /** Whether a server lets the quotes service in with this password. */
  async function accepts(server: Pod, password: string): Promise<boolean> {
    const redis = group.client(server, PORTS.redis, 'quotes', password);
    try {
      await redis.connect();
      return (await redis.ping()) === 'PONG';
    } catch {
      return false;
    } finally {
      redis.disconnect();
    }
  }

  /** The words of an error, or undefined where the command was taken. */
  async function refusal(redis: Redis, command: string): Promise<string | undefined> {
    const [name = '', ...args] = command.split(' ');
    return redis.call(name, ...args).then(
      () => undefined,
      (error: Error) => error.message,
    );
  }

  it.each(Object.keys(ROLE_COMMANDS))('lets %s do what it needs and nothing else', async (user) => {
    const { may = [], mayNot = [] } = ROLE_COMMANDS[user] ?? {};
    await group.with(await primary(), PORTS.redis, user, async (redis) => {
      for (const command of mayNot) expect(await refusal(redis, command), command).toContain('NOPERM');
      for (const command of may) expect(await refusal(redis, command), command).toBeUndefined();
    });
  });

  it('lets nobody in as the default user', async () => {
    await group.with(await primary(), PORTS.redis, 'admin', async (redis) => {
      const flags = await redis
        .call('ACL', 'GETUSER', 'default')
        .then((fields) => (Array.isArray(fields) ? fields[1] : []));
      expect(flags).toContain('off');
      expect(await refusal(redis, 'AUTH default anything')).toContain('WRONGPASS');
    });
  });

  it('tells anybody who the primary is, and lets nobody without the password change it', async () => {
    const [sentinel] = group.sentinels;
    if (sentinel === undefined) throw new Error('no Sentinel');
    await group.with(sentinel, PORTS.sentinel, undefined, async (redis) => {
      expect(await refusal(redis, 'SENTINEL GET-MASTER-ADDR-BY-NAME quotes')).toBeUndefined();
      expect(await refusal(redis, 'SENTINEL SENTINELS quotes')).toBeUndefined();
      for (const command of ['SENTINEL FAILOVER quotes', 'SENTINEL SET quotes quorum 1', 'SHUTDOWN', 'ACL LIST']) {
        expect(await refusal(redis, command), command).toContain('NOPERM');
      }
    });
  });

  it('takes writes again with the headroom that the runbook about full memory gives, within the container', async () => {
    const page = readFileSync(join(import.meta.dirname, '../docs/runbooks/RedisMemoryFull.md'), 'utf8');
    const [, headroom = ''] = /config set maxmemory (\d+)mb/.exec(page) ?? [];
    if (production.redis.kind === 'external') throw new Error('production has no store of its own');
    const { container } = production.redis;
    expect(Number(headroom)).toBeGreaterThan(container.maxMemoryMiB);
    const everywhere = (value: string) =>
      Promise.all(
        group.servers.map((server) =>
          group.with(server, PORTS.redis, 'admin', (redis) => redis.config('SET', 'maxmemory', value)),
        ),
      );
    const write = async () => {
      const create = `FCALL create_record 5 ${keysOf('quotes')} full 1 1 {} FULL`;
      return group.with(await primary(), PORTS.redis, 'quotes', (redis) => refusal(redis, create));
    };
    // Less than what the server itself uses: the state that the alert is about.
    await everywhere('1mb');
    expect(await write()).toContain('OOM');
    await everywhere(`${headroom}mb`);
    expect(await write()).toBeUndefined();
    const forked = Number(headroom) * 2;
    expect(forked, 'every page may be copied while the server forks').toBeLessThanOrEqual(container.limits.memoryMiB);
    await everywhere(`${container.maxMemoryMiB}mb`);
  });

  it("answers ioredis' ready check and CLIENT SETINFO as a service", async () => {
    const redis = new Redis({
      host: (await primary()).address ?? '',
      port: PORTS.redis,
      username: 'quotes',
      password: firstPassword('quotes'),
    });
    await expect(redis.ping()).resolves.toBe('PONG');
    redis.disconnect();
  });

  it('passes its own probes', async () => {
    for (const server of group.servers) {
      expect((await server.exec('probe.sh', ['live'])).code).toBe(0);
      expect((await server.exec('probe.sh', ['ready'])).code).toBe(0);
    }
    for (const sentinel of group.sentinels) {
      expect((await sentinel.exec('probe.sh', ['sentinel'])).code).toBe(0);
    }
  });

  it('gives the exporter its figures', async () => {
    const program = requireProgram('prometheus-redis-exporter');
    if (program === undefined) return;
    const address = `redis://${(await primary()).address}:${PORTS.redis}`;
    const child = execFile(program, [
      `-redis.addr=${address}`,
      '-redis.user=exporter',
      `-redis.password=${firstPassword('exporter')}`,
      '-config-command=-',
      '-web.listen-address=127.0.0.1:19121',
    ]);
    try {
      let text = '';
      await until('figures of the exporter', 15, async () => {
        text = await fetch('http://127.0.0.1:19121/metrics').then(
          (response) => response.text(),
          () => '',
        );
        return text.includes('\nredis_up 1');
      });
      expect(text).toContain('redis_connected_slaves 2');
      expect(text).toContain('redis_memory_max_bytes 5.36870912e+08');
    } finally {
      child.kill();
    }
  });

  it('takes a new password beside the old one, then alone, without cutting off a client', async () => {
    const server = await primary();
    const old = group.client(server, PORTS.redis, 'quotes');
    await old.connect();
    group.writeSecret('redis-quotes-password-standby', 'second');
    await until('the new password', SECONDS, () => accepts(server, 'second'));
    expect(await accepts(server, firstPassword('quotes'))).toBe(true);
    group.writeSecret('redis-quotes-password', 'second');
    group.writeSecret('redis-quotes-password-standby', '');
    await until('the end of the old password', SECONDS, async () => !(await accepts(server, firstPassword('quotes'))));
    expect(await accepts(server, 'second')).toBe(true);
    await expect(old.ping()).resolves.toBe('PONG');
    old.disconnect();
  });

  describe('a new password of its own administrator', () => {
    const isReady = async () => (await replica().exec('probe.sh', ['ready'])).code === 0;

    function replica() {
      const [, server] = group.servers;
      if (server === undefined) throw new Error('no server');
      return server;
    }

    it('is taken while the server runs', async () => {
      group.writeSecret('redis-admin-password', 'another');
      await until('readiness with the new password', SECONDS, isReady);
      group.writeSecret('redis-admin-password', firstPassword('admin'));
      await until('readiness with the first one again', SECONDS, isReady);
    });

    it('is taken back where the passwords after it could not be applied', async () => {
      group.writeSecret('redis-backup-password', '');
      group.writeSecret('redis-admin-password', 'another');
      await until('readiness with the new password', SECONDS, isReady);
      group.writeSecret('redis-admin-password', firstPassword('admin'));
      group.writeSecret('redis-backup-password', firstPassword('backup'));
      await until('readiness with the first one again', SECONDS, isReady);
    });

    it('is learned where the server has taken it and its reply came too late', async () => {
      await group.with(replica(), PORTS.redis, 'admin', (redis) =>
        redis.call('ACL', 'SETUSER', 'admin', 'resetpass', '>another'),
      );
      group.writeSecret('redis-admin-password', 'another');
      group.writeSecret('redis-quotes-password-standby', 'third');
      await until('a password that the guard has set', SECONDS, () => accepts(replica(), 'third'));
      group.writeSecret('redis-quotes-password-standby', '');
      group.writeSecret('redis-admin-password', firstPassword('admin'));
      await until('readiness with the first one again', SECONDS, isReady);
    });
  });
});
