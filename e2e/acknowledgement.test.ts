import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadStoreFunctions } from '../app/dev/store-functions.ts';
import { eventually } from '../test/eventually.ts';
import { requireStore } from '../test/real-store.ts';
import { asAdmin, type TestApp } from '../test/run-app.ts';
import { onServer, Stores } from './redis/stores.ts';

const program = requireStore('valkey-server');
const stores = new Stores(program);
afterEach(() => stores.stop());

const ONE_REPLICA = { REDIS_WAIT_AOF_REPLICAS: '1' };
const quotes = (redis: string, env: Record<string, string>) => stores.app({ service: 'quotes', redis, env });

function add({ url }: TestApp, id: string | undefined, key?: string): Promise<Response> {
  const body = { ...(id !== undefined && { id }), text: 'x', author: 'y' };
  return fetch(`${url}/quotes`, asAdmin('POST', body, key === undefined ? {} : { 'Idempotency-Key': `"${key}"` }));
}
const statusOf = async (answer: Promise<Response>) => (await answer).status;
const read = ({ url }: TestApp, id: string) => fetch(`${url}/quotes/${id}`);

describe.skipIf(program === undefined)('an acknowledged write', () => {
  it('is on the disk of the primary and of its replica: both die at once and come back with it', async () => {
    const primary = await stores.server();
    const replica = await stores.replicaOf(primary);
    const app = await quotes(primary.url, ONE_REPLICA);
    const ids = Array.from({ length: 50 }, (_, index) => `kept-${index}`);
    expect(new Set(await Promise.all(ids.map((id) => statusOf(add(app, id)))))).toEqual(new Set([201]));
    await Promise.all([primary.kill(), replica.kill()]);
    for (const server of [primary, replica]) {
      await server.restart();
      const kept = await onServer(server, (client) => client.hmget('{quotes}:data', ...ids));
      expect(kept.filter((json) => json === null)).toEqual([]);
    }
  });

  it('does not take the second that a replica lets pass between two reports', async () => {
    const primary = await stores.server();
    await stores.replicaOf(primary);
    const app = await quotes(primary.url, ONE_REPLICA);
    const times: number[] = [];
    for (let index = 0; index < 9; index++) {
      const started = performance.now();
      expect(await statusOf(add(app, `quick-${index}`))).toBe(201);
      times.push(performance.now() - started);
    }
    expect(times.sort((a, b) => a - b)[4]).toBeLessThan(500);
  });
});

describe.skipIf(program === undefined)('a write is answered 503', () => {
  it('where the replica holds it in memory only', async () => {
    const primary = await stores.server();
    await stores.replicaOf(primary, '--appendonly', 'no');
    const refused = await add(await quotes(primary.url, ONE_REPLICA), 'in-memory');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('retry-after')).toBe('2');
  });

  it('where its own server has no file to keep it in', async () => {
    const primary = await stores.server('--appendonly', 'no');
    const app = await quotes(primary.url, { REDIS_WAIT_AOF_REPLICAS: '0' });
    expect(await statusOf(add(app, 'nowhere'))).toBe(503);
    expect(app.lines.join()).toContain('WAITAOF cannot be used when numlocal is set but appendonly is disabled');
  });

  it('while a replica is cut off, reads go on, and it is taken once the replica is back', async () => {
    const primary = await stores.server();
    const replica = await stores.replicaOf(primary);
    const app = await quotes(primary.url, ONE_REPLICA);
    expect(await statusOf(add(app, 'before'))).toBe(201);
    replica.signal('SIGSTOP');
    const write = statusOf(add(app, 'stalled'));
    const first = await Promise.race([write.then(() => 'write'), read(app, 'before').then(() => 'read')]);
    expect(first).toBe('read');
    expect(await write).toBe(503);
    replica.signal('SIGCONT');
    await eventually(async () => expect(await statusOf(add(app, undefined))).toBe(201));
  });

  it('while the functions are gone, a replica cut off or not, and it is taken once they are loaded', async () => {
    const primary = await stores.server();
    const replica = await stores.replicaOf(primary);
    const app = await quotes(primary.url, ONE_REPLICA);
    await onServer(primary, (client) => client.function('FLUSH'));
    expect(await statusOf(add(app, 'one'))).toBe(503);
    replica.signal('SIGSTOP');
    expect(await statusOf(add(app, 'two'))).toBe(503);
    await onServer(primary, loadStoreFunctions);
    expect(await statusOf(add(app, 'three'))).toBe(503);
    replica.signal('SIGCONT');
    await eventually(async () => expect(await statusOf(add(app, undefined))).toBe(201));
    expect(await statusOf(read(app, 'two'))).toBe(404);
    expect(app.lines.filter((line) => line.includes('Function not found'))).toHaveLength(1);
  });

  it('also when it is repeated, until what the first one wrote is on every disk', async () => {
    const primary = await stores.server();
    const replica = await stores.replicaOf(primary);
    const app = await quotes(primary.url, ONE_REPLICA);
    replica.signal('SIGSTOP');
    const attempts = [add(app, undefined, 'key'), add(app, 'with-id')];
    expect(await Promise.all(attempts.map(statusOf))).toEqual([503, 503]);
    expect(await statusOf(add(app, undefined, 'key'))).toBe(503);
    expect(await statusOf(add(app, 'with-id'))).toBe(503);
    replica.signal('SIGCONT');
    const again = await eventually(async () => {
      const answer = await add(app, undefined, 'key');
      expect(answer.status).toBe(201);
      return answer.json();
    });
    expect(await statusOf(add(app, 'with-id'))).toBe(409);
    const { items } = await (await fetch(`${app.url}/quotes`)).json();
    expect(items.map(({ id }: { id: string }) => id).sort()).toEqual([again.id, 'with-id'].sort());
  });

  it('also when it is repeated for a user, whose id is looked up before the password is hashed', async () => {
    const primary = await stores.server();
    const replica = await stores.replicaOf(primary);
    const users = await stores.app({ service: 'users', redis: primary.url, env: ONE_REPLICA });
    const ada = asAdmin('POST', { id: 'ada', name: 'Ada', password: 'long enough' });
    const create = () => statusOf(fetch(`${users.url}/users`, ada));
    replica.signal('SIGSTOP');
    expect([await create(), await create()]).toEqual([503, 503]);
    replica.signal('SIGCONT');
    await eventually(async () => expect(await create()).toBe(409));
  });

  it('where only writes fail (MISCONF), and reads and readiness do not know of it', async () => {
    const primary = await stores.server('--dbfilename', 'blocked');
    const app = await quotes(primary.url, { REDIS_WAIT_AOF_REPLICAS: '0' });
    expect(await statusOf(add(app, 'kept'))).toBe(201);
    await mkdir(join(primary.folder, 'blocked', 'by-a-folder'), { recursive: true });
    await onServer(primary, async (client) => {
      await client.config('SET', 'save', '3600 1');
      await client.bgsave();
      await eventually(() => expect(client.ping()).rejects.toThrow('MISCONF'));
    });
    const refused = await add(app, 'refused');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(app.lines.filter((line) => line.includes('MISCONF')).map((line) => JSON.parse(line).level)).toEqual([
      'warn',
    ]);
    const asked = () =>
      onServer(primary, async (client) =>
        Number(/cmdstat_hmget:calls=(\d+)/.exec(await client.info('commandstats'))?.[1]),
      );
    const before = await asked();
    await eventually(async () => expect(await asked()).toBeGreaterThan(before + 2));
    expect(await (await fetch(`${app.adminUrl}/metrics`)).text()).toMatch(/^redis_client_up\{.*\} 1$/m);
    expect(await statusOf(fetch(`${app.adminUrl}/readyz`))).toBe(200);
    expect(await statusOf(read(app, 'kept'))).toBe(200);
  });
});
