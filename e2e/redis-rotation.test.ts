import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { PORTS, SECRET_FILES } from '../app/contract.ts';
import { catalog } from '../charts/catalog.ts';
import { production } from '../charts/environments/production.ts';
import type { Manifest } from '../charts/plan/part.ts';
import { type AclRole, internalRoles, REDIS_SECRETS, serviceRoles, standbyKey } from '../charts/redis/acl.ts';
import { ADMIN_KEY } from '../charts/services/koa-service.ts';
import { synthesize } from '../charts/synthesize.ts';
import { theOnly } from '../test/manifests.ts';
import { PLATFORM } from '../test/platform.ts';
import { requireStore } from '../test/real-store.ts';
import { bundleApp } from '../test/service-process.ts';
import { requireNssWrapper } from './redis/pod-network.ts';
import { ProjectedVolume, type SecretData } from './redis/projected-volume.ts';
import { firstPassword, RedisGroup } from './redis/redis-group.ts';
import { RenderedService } from './redis/rendered-service.ts';
import { until } from './redis/until.ts';

const wrapper = requireNssWrapper();
const missing =
  wrapper === undefined || [requireStore('valkey-server'), requireStore('valkey-sentinel')].includes(undefined);

const OLD_KEY = 'the-first-key-of-the-administrator';
const NEW_KEY = 'the-second-key-of-the-administrator';
/** The users whose passwords are rotated: those of all services, at once. */
const CLIENTS = serviceRoles(catalog);
const NEW = 'the second password';
const QUOTE = { text: 'What is written stays.', author: 'A proverb' };

function passwords(roles: readonly AclRole[]): Record<string, string> {
  return Object.fromEntries(roles.map((role) => [role.passwordKey, firstPassword(role.user)]));
}

/** The Secret of the services at each step of a rotation. */
function clientKeys(step: 'first' | 'standby' | 'swapped' | 'last'): Record<string, string> {
  const standbys = (value: (role: AclRole) => string) =>
    Object.fromEntries(CLIENTS.map((role) => [standbyKey(role), value(role)]));
  const fresh = Object.fromEntries(CLIENTS.map((role) => [role.passwordKey, NEW]));
  const old = passwords(CLIENTS);
  return {
    first: old,
    standby: { ...old, ...standbys(() => NEW) },
    swapped: { ...fresh, ...standbys(({ user }) => firstPassword(user)) },
    last: fresh,
  }[step];
}

/** The Secrets of the namespace before any rotation. */
function firstSecrets(): SecretData {
  return {
    [ADMIN_KEY.name]: { [SECRET_FILES.adminKey]: OLD_KEY },
    [REDIS_SECRETS.client]: clientKeys('first'),
    [REDIS_SECRETS.internal]: passwords(internalRoles(production)),
  };
}

describe.skipIf(missing)('the platform as rendered, on the store as rendered', () => {
  let group: RedisGroup;
  let storeVolume: ProjectedVolume;
  let secrets = firstSecrets();
  let program: string;
  const services: Record<string, RenderedService> = {};

  beforeAll(async () => {
    const manifests = productionManifests();
    group = new RedisGroup(production, wrapper ?? '');
    storeVolume = new ProjectedVolume(group.secretsFolder, theOnly(manifests, 'StatefulSet', 'redis'));
    storeVolume.update(secrets);
    group.start();
    program = await bundleApp();
    await until('servers in step', 60, async () => {
      const probes = await Promise.all(group.servers.map((server) => server.exec('probe.sh', ['ready'])));
      return probes.every(({ code }) => code === 0);
    });
    for (const service of ['quotes', 'users', 'search'] as const) {
      services[service] = await RenderedService.start({ service, group, manifests, secrets, program });
    }
  });

  afterAll(async () => {
    await Promise.all(Object.values(services).map((service) => service.stop()));
    await group?.destroy();
    rmSync(program, { recursive: true, force: true });
  });

  const tellWhy = () =>
    onTestFailed(() =>
      console.error(
        Object.values(services).map(({ log }) => log.slice(-5_000)),
        group.logs(),
      ),
    );

  async function call(method: string, path: string, body?: unknown, key = OLD_KEY) {
    const service = services[path.split(/[/?]/)[1] ?? ''];
    const response = await fetch(`${service?.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  const statusOf = async (...request: Parameters<typeof call>) => (await call(...request)).status;

  /** The kubelet brings the operator's values: to the servers, and to the services in the same minute. */
  function bring(change: SecretData): void {
    secrets = { ...secrets, ...change };
    storeVolume.update(secrets);
    for (const { volume } of Object.values(services)) volume.update(secrets);
  }

  /** Whether every server takes such a password from every service. */
  async function accepts(password: (user: string) => string): Promise<boolean> {
    const logins = group.servers.flatMap((server) => CLIENTS.map(({ user }) => ({ server, user })));
    const answers = logins.map(async ({ server, user }) => {
      const redis = group.client(server, PORTS.redis, user, password(user));
      return redis
        .connect()
        .then(() => redis.ping())
        .then(
          () => true,
          () => false,
        )
        .finally(() => redis.disconnect());
    });
    const all = await Promise.all(answers);
    return all.every(Boolean);
  }

  /** Requests one after the other while something happens: the statuses of their answers. */
  async function statusesWhile(happens: () => Promise<void>): Promise<number[]> {
    const statuses = new Set<number>();
    let done = false;
    const load = (async () => {
      while (!done) {
        statuses.add(await statusOf('POST', '/quotes', QUOTE));
        statuses.add(await statusOf('GET', '/users'));
      }
    })();
    await happens().finally(() => {
      done = true;
    });
    await load;
    return [...statuses].sort();
  }

  it('answers on every route, each service as its own user, whom the servers allow no more than this', async () => {
    tellWhy();
    expect(await statusOf('POST', '/quotes', { id: 'first', ...QUOTE })).toBe(201);
    expect(await statusOf('PUT', '/quotes/first', { text: 'Was geschrieben ist, bleibt.', author: 'A proverb' })).toBe(
      200,
    );
    for (const path of ['/quotes', '/quotes?limit=1', '/quotes/first', '/quotes/random']) {
      expect(await statusOf('GET', path), path).toBe(200);
    }
    await until('the new quote in the search', 30, async () =>
      (await call('GET', '/search?keyword=geschrieben')).text.includes('"first"'),
    );
    expect(await statusOf('DELETE', '/quotes/first')).toBe(204);
    await until(
      'its end in the search',
      30,
      async () => !(await call('GET', '/search?keyword=geschrieben')).text.includes('"first"'),
    );
    expect(await statusOf('POST', '/users', { id: 'ada', name: 'Ada', password: 'correct horse battery' })).toBe(201);
    for (const path of ['/users', '/users/ada']) expect(await statusOf('GET', path), path).toBe(200);
    expect(await statusOf('DELETE', '/users/ada')).toBe(204);
    for (const { log } of Object.values(services)) expect(log).not.toMatch(/NOPERM|WRONGPASS|NOAUTH/);
  });

  it('takes a new Redis password by the three steps of docs/how-to/redis.md without one failed request', async () => {
    tellWhy();
    const statuses = await statusesWhile(async () => {
      bring({ [REDIS_SECRETS.client]: clientKeys('standby') });
      await until('servers that accept the new password', 20, () => accepts(() => NEW));
      expect(await accepts(firstPassword)).toBe(true);
      bring({ [REDIS_SECRETS.client]: clientKeys('swapped') });
      await until('services that use it', 20, () =>
        Object.values(services).every(({ log }) => log.includes('logged in to Redis with the new password')),
      );
      expect(await accepts(firstPassword)).toBe(true);
      bring({ [REDIS_SECRETS.client]: clientKeys('last') });
      await until('servers that refuse the old password', 20, async () => !(await accepts(firstPassword)));
    });
    expect(statuses).toEqual([200, 201]);
  });

  it('makes every later connection with the new password', async () => {
    tellWhy();
    for (const server of group.servers) {
      await group.with(server, PORTS.redis, 'admin', async (redis) => {
        for (const { user } of CLIENTS) await redis.client('KILL', 'USER', user);
      });
    }
    await until('answers on new connections', 15, async () => {
      const statuses = [await statusOf('POST', '/quotes', QUOTE), await statusOf('GET', '/users')];
      return statuses.join() === '201,200' && (await statusOf('GET', '/search?keyword=stays')) === 200;
    });
    for (const { log } of Object.values(services)) expect(log).not.toMatch(/WRONGPASS|NOAUTH/);
  });

  it('takes a new admin key by the steps of docs/how-to/operations.md: the old one works until it is withdrawn', async () => {
    tellWhy();
    const statuses = await statusesWhile(async () => {
      bring({ [ADMIN_KEY.name]: { [SECRET_FILES.adminKey]: NEW_KEY, [SECRET_FILES.adminKeyPrevious]: OLD_KEY } });
      await until('services that know the new key', 30, async () => (await newKeyStatuses()).join() === '200,201');
    });
    expect(statuses).toEqual([200, 201]);
    bring({ [ADMIN_KEY.name]: { [SECRET_FILES.adminKey]: NEW_KEY } });
    await until('services that refuse the old key', 30, async () => {
      const old = [await statusOf('GET', '/users'), await statusOf('POST', '/quotes', QUOTE)];
      return old.join() === '401,401';
    });
    expect(await newKeyStatuses()).toEqual([200, 201]);
  });

  async function newKeyStatuses(): Promise<number[]> {
    return [await statusOf('GET', '/users', undefined, NEW_KEY), await statusOf('POST', '/quotes', QUOTE, NEW_KEY)];
  }
});

function productionManifests(): readonly Manifest[] {
  const file = synthesize(PLATFORM).find(({ path }) => path === `${production.name}.k8s.yaml`);
  return (file?.objects ?? []).filter((object) =>
    JSON.stringify(object).includes(`"namespace":"${production.namespace}"`),
  );
}
