import { afterEach, describe, expect, it } from 'vitest';
import { runApp, type TestApp } from '../../../test/run-app.ts';

/** The original project's own commands, byte for byte: what curl sends for them. */
const CREATE = {
  method: 'POST',
  headers: { Authorization: 'supersecretkey', 'Content-Type': 'application/x-www-form-urlencoded' },
  body: '{"id":"1","name":"Tintin","password":"milou"}',
};
const READ = { headers: { Authorization: 'supersecretkey' } };

let app: TestApp | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

async function users(env: Record<string, string>): Promise<TestApp> {
  app = await runApp({ service: 'users', env });
  return app;
}

describe('the requests of the original project', () => {
  it('work as they are on a laptop, each with a warning in the log', async () => {
    const { url, lines } = await users({ ADMIN_KEY: 'supersecretkey' });
    expect((await fetch(`${url}/users`, CREATE)).status).toBe(201);
    expect(await (await fetch(`${url}/users/1`, READ)).json()).toMatchObject({ id: '1', name: 'Tintin' });
    expect(await (await fetch(`${url}/users`, READ)).json()).toMatchObject({ items: [{ id: '1' }] });
    expect((await fetch(`${url}/users/1`, { ...READ, method: 'DELETE' })).status).toBe(204);
    const warnings = lines.filter((line) => line.includes('"level":"warn"')).join();
    expect(warnings).toContain('shorter than 16 characters');
    expect(warnings).toContain('Content-Type: application/json');
    expect(warnings).toContain('short password');
    expect(warnings).not.toMatch(/supersecretkey|milou/);
  });

  it('are refused anywhere else, with what to change', async () => {
    const strict = { DEFAULT_SECRETS: 'false', ENVIRONMENT: 'production' };
    await expect(users({ ...strict, ADMIN_KEY: 'supersecretkey' })).rejects.toThrow('shorter than 16 characters');
    const { url } = await users({ ...strict, ADMIN_KEY: 'supersecretkey-and-more' });
    const authorization = { Authorization: 'supersecretkey-and-more' };
    const unlabelled = { ...CREATE, headers: { ...CREATE.headers, ...authorization } };
    const refused = await fetch(`${url}/users`, unlabelled);
    expect(refused.status).toBe(415);
    expect((await refused.json()).detail).toContain("'Content-Type: application/json'");
    const labelled = { ...CREATE, headers: { ...authorization, 'Content-Type': 'application/json' } };
    const short = await fetch(`${url}/users`, labelled);
    expect(short.status).toBe(400);
    expect((await short.json()).errors).toEqual([
      { in: 'body', name: '/password', message: 'must have at least 8 characters' },
    ]);
  });

  it('find the probes on the port of the API too', async () => {
    const { url } = await users({});
    expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

describe('a named key', () => {
  const env = { ADMIN_KEYS: 'ci quotes key-of-ci;ops users,quotes key-of-ops' };
  const as = (key: string) => ({ headers: { Authorization: `Bearer ${key}` } });

  it('opens what it is for, and nothing else', async () => {
    const { url } = await users(env);
    expect((await fetch(`${url}/users`, as('key-of-ops'))).status).toBe(200);
    expect((await fetch(`${url}/users`, as('dev-admin-key'))).status).toBe(200);
    const refused = await fetch(`${url}/users`, as('key-of-ci'));
    expect(refused.status).toBe(403);
    expect((await refused.json()).detail).toBe("The key 'ci' opens quotes, but not users.");
    expect((await fetch(`${url}/users`, as('key-of'))).status).toBe(401);
  });

  it('leaves a trail of who did what, at every level of the log, without the key', async () => {
    const { url, lines } = await users({ ...env, LOG_LEVEL: 'error' });
    const body = JSON.stringify({ id: 'ada', name: 'Ada', password: 'correct horse' });
    const create = {
      method: 'POST',
      body,
      headers: { ...as('key-of-ops').headers, 'Content-Type': 'application/json' },
    };
    await fetch(`${url}/users`, create);
    await fetch(`${url}/users/ada`, { ...as('guessed'), method: 'DELETE' });
    const trail = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'audit');
    expect(trail).toMatchObject([
      { who: 'ops', method: 'POST', what: '/users', status: 201, requestId: expect.any(String) },
      { who: 'unknown', method: 'DELETE', what: '/users/:id', status: 401 },
    ]);
    expect(lines.join()).not.toMatch(/key-of-ops|guessed|correct horse/);
  });
});
