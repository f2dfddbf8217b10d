import { verify } from '@node-rs/argon2';
import RedisMock from 'ioredis-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asAdmin, runApp, type TestApp } from '../../../../test/run-app.ts';
import { PasswordHasher } from './password-hasher.ts';

const REDIS = 'users-test';
let app: TestApp;
beforeAll(async () => {
  app = await runApp({ service: 'users', redis: REDIS, env: { LOG_LEVEL: 'debug' } });
});
afterAll(() => app.stop());

const at = (path: string) => `${app.url}/users${path}`;
const create = (id: string, password = 'correct horse') =>
  fetch(at(''), asAdmin('POST', { id, name: 'Ada', password }));

describe('users', () => {
  it('are added, read, listed and deleted, and their password is never returned', async () => {
    const created = await create('ada');
    expect(created.status).toBe(201);
    const texts = [
      await created.text(),
      await (await fetch(at('/ada'), asAdmin('GET'))).text(),
      await (await fetch(at(''), asAdmin('GET'))).text(),
    ];
    for (const text of texts) {
      expect(text).toContain('"name":"Ada"');
      expect(text).not.toMatch(/password|argon2|horse/);
    }
    expect((await fetch(at('/ada'), asAdmin('DELETE'))).status).toBe(204);
    expect((await fetch(at('/ada'), asAdmin('GET'))).status).toBe(404);
    expect((await fetch(at('/ada'), asAdmin('DELETE'))).status).toBe(404);
  });

  it('are deleted only in the revision that If-Match names', async () => {
    const etag = (await create('seen')).headers.get('etag') ?? '';
    expect((await fetch(at('/seen'), asAdmin('GET'))).headers.get('etag')).toBe(etag);
    const remove = (match: string) => fetch(at('/seen'), asAdmin('DELETE', undefined, { 'If-Match': match }));
    expect((await remove('"000000000000"')).status).toBe(412);
    expect((await remove(etag)).status).toBe(204);
  });

  it('have their password hashed with argon2id', async () => {
    await create('grace', 'a secret of hers');
    const stored = await new RedisMock({ host: REDIS }).hget('{users}:secrets', 'grace');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verify(stored ?? '', 'a secret of hers')).toBe(true);
    expect(app.lines.join()).not.toContain('a secret of hers');
  });

  it('keep their id to themselves, also when it comes twice at once', async () => {
    const both = await Promise.all([create('twin'), create('twin')]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await create('twin')).status).toBe(409);
  });

  it('are nobody else’s business: every route asks for the admin key', async () => {
    const requests = ['GET', 'POST'].map((method) => fetch(at(''), { method }));
    const single = ['GET', 'DELETE'].map((method) => fetch(at('/x'), { method }));
    const statuses = (await Promise.all([...requests, ...single])).map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 401]);
  });

  it('refuse every fault of a body at once', async () => {
    const problem = await (await fetch(at(''), asAdmin('POST', { name: '', password: '' }))).json();
    expect(problem.status).toBe(400);
    expect(problem.errors.map(({ name }: { name: string }) => name)).toEqual(['/id', '/name', '/password']);
  });
});

describe('a deleted user', () => {
  const redis = new RedisMock({ host: REDIS });

  it('is in no key of the store and in no line of the log', async () => {
    const body = { id: 'Hypatia-415', name: 'Hypatia of Alexandria', password: 'correct horse' };
    const requests = [
      () => fetch(at(''), asAdmin('POST', body)),
      () => fetch(at(''), asAdmin('POST', body)),
      () => fetch(at('/Hypatia-415'), asAdmin('GET')),
      () => fetch(at('/Hypatia-415/x'), asAdmin('GET')),
      () => fetch(at('/Hypatia-415')),
      () => fetch(at('/Hypatia-415'), asAdmin('DELETE')),
      () => fetch(at('/Hypatia-415'), asAdmin('DELETE')),
    ];
    const statuses: number[] = [];
    for (const request of requests) statuses.push((await request()).status);
    expect(statuses).toEqual([201, 409, 200, 404, 401, 204, 404]);
    const left = await Promise.all([
      redis.hgetall('{users}:data'),
      redis.zrange('{users}:ids', '0', '-1'),
      redis.hgetall('{users}:secrets'),
      redis.exists('{users}:changes'),
      redis.get('{users}:version'),
    ]);
    expect(left[3]).toBe(0);
    expect(JSON.stringify(left)).not.toMatch(/hypatia/i);
    expect(app.lines.length).toBeGreaterThan(5);
    expect(app.lines.join()).not.toMatch(/hypatia/i);
  });
});

describe('hashing', () => {
  it('refuses more work than it can do soon', async () => {
    const hasher = new PasswordHasher(1);
    const first = hasher.hash('one');
    await expect(hasher.hash('two')).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
    expect(await first).toContain('$argon2id$');
    expect(await hasher.hash('three')).toContain('$argon2id$');
  });

  it('leaves the event loop to others', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const hasher = new PasswordHasher();
    await Promise.all(Array.from({ length: 8 }, () => hasher.hash('password')));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});
