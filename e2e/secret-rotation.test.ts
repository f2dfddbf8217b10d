import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { RealRedis } from '../test/real-redis.ts';
import { requireStore } from '../test/real-store.ts';
import { asAdmin, runApp, type TestApp } from '../test/run-app.ts';

const program = requireStore('valkey-server');
const OLD = 'the old password of the store';
const NEW = 'the new password of the store';
const USER = 'app';

describe.skipIf(program === undefined)('rotating secrets under load', () => {
  let redis: RealRedis;
  let operator: Redis;
  let quotes: TestApp;
  let secrets: string;

  const mount = (name: string, value: string) => writeFile(join(secrets, name), value);
  const acl = (...rules: string[]) => operator.acl('SETUSER', USER, ...rules);

  beforeAll(async () => {
    redis = await RealRedis.start(program ?? '');
    operator = new Redis(redis.url);
    await acl('reset', 'on', `>${OLD}`, '~*', '&*', '+@all');
    secrets = await mkdtemp(join(tmpdir(), 'secrets-'));
    await mount('admin-key', 'the-first-admin-key');
    await mount('redis-password', OLD);
    const env = { ENVIRONMENT: 'production', SECRETS_DIR: secrets, REDIS_USERNAME: USER };
    quotes = await runApp({ service: 'quotes', redis: redis.url, env });
  });
  afterAll(async () => {
    await quotes?.stop();
    operator?.disconnect();
    await redis?.stop();
    await rm(secrets, { recursive: true, force: true });
  });

  const add = (key: string) => {
    const init = asAdmin('POST', { text: 'rotation', author: 'x' }, { Authorization: `Bearer ${key}` });
    return fetch(`${quotes.url}/quotes`, init).then(({ status }) => status);
  };

  it('takes a new Redis password into use without one failed request', async () => {
    const statuses = new Set<number>();
    const until = { stop: false };
    const load = (async () => {
      while (!until.stop) statuses.add(await add('the-first-admin-key'));
    })();
    await acl(`>${NEW}`);
    await mount('redis-password', NEW);
    await eventually(() => expect(quotes.lines.join()).toContain('logged in to Redis with the new password'));
    expect([...statuses]).toEqual([201]);
    await acl(`<${OLD}`);
    // Every connection has to be made anew, with the new password only.
    await operator.client('KILL', 'USER', USER);
    await eventually(async () => expect(await add('the-first-admin-key')).toBe(201));
    until.stop = true;
    await load;
    const allowed = new Set([201, 503]);
    expect([...statuses].filter((status) => !allowed.has(status))).toEqual([]);
  });

  it('accepts the previous admin key beside the new one until it is withdrawn', async () => {
    await mount('admin-key-previous', 'the-first-admin-key');
    await mount('admin-key', 'the-second-admin-key');
    await eventually(async () => expect(await add('the-second-admin-key')).toBe(201));
    expect(await add('the-first-admin-key')).toBe(201);
    await mount('admin-key-previous', '');
    await eventually(async () => expect(await add('the-first-admin-key')).toBe(401));
    expect(await add('the-second-admin-key')).toBe(201);
  });
});
