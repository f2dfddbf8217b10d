import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asAdmin, runApp, type TestApp } from '../../../test/run-app.ts';
import { emulateRedis } from '../../dev/emulated-redis.ts';
import type { AuditPage } from '../api/audit.ts';

const NAMED = 'ada quotes adas-key-of-the-quotes; eve users eves-key-of-the-users';

let quotes: TestApp;
let users: TestApp;
beforeAll(async () => {
  const env = { ADMIN_KEYS: NAMED };
  [quotes, users] = await Promise.all([runApp({ service: 'quotes', env }), runApp({ service: 'users', env })]);
});
afterAll(async () => {
  await Promise.all([quotes?.stop(), users?.stop()]);
});

async function get(url: string, key: string) {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  return { status: response.status, body: (await response.json()) as AuditPage & Record<string, unknown> };
}
const ADA = 'adas-key-of-the-quotes';
const EVE = 'eves-key-of-the-users';

describe('/-/key', () => {
  it('tells whose key it is and what it opens', async () => {
    expect(await get(`${quotes.url}/quotes/-/key`, ADA)).toEqual({
      status: 200,
      body: { name: 'ada', scopes: ['quotes'] },
    });
  });

  it('tells nothing to a key of another scope, nor without one', async () => {
    expect((await get(`${quotes.url}/quotes/-/key`, EVE)).status).toBe(403);
    expect((await get(`${quotes.url}/quotes/-/key`, 'guessed')).status).toBe(401);
  });
});

describe('/-/audit', () => {
  it('tells who did what, when, how it ended and by which request, newest first', async () => {
    const headers = { authorization: `Bearer ${ADA}`, 'content-type': 'application/json', 'x-request-id': 'made-it' };
    const body = JSON.stringify({ id: 'audited', text: 'Words', author: 'Somebody' });
    await fetch(`${quotes.url}/quotes`, { method: 'POST', headers, body });
    await fetch(`${quotes.url}/quotes/audited`, asAdmin('DELETE'));
    const { items } = (await get(`${quotes.url}/quotes/-/audit?limit=2`, ADA)).body;
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(items).toEqual([
      {
        at,
        who: 'admin',
        method: 'DELETE',
        route: '/quotes/:id',
        what: '/quotes/audited',
        status: 204,
        requestId: expect.any(String),
      },
      { at, who: 'ada', method: 'POST', route: '/quotes', what: '/quotes/audited', status: 201, requestId: 'made-it' },
    ]);
  });

  it('gives each event once, page by page, however they were written', async () => {
    for (let round = 0; round < 3; round++) {
      const one = (number: number) => fetch(`${quotes.url}/quotes/gone-${round}-${number}`, asAdmin('DELETE'));
      await Promise.all(Array.from({ length: 23 }, (_, number) => one(number)));
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await get(`${quotes.url}/quotes/-/audit?limit=7${query}`, ADA);
      expect(body.items.length).toBeLessThanOrEqual(7);
      seen.push(...body.items.map(({ requestId }) => requestId));
      cursor = body.next;
    } while (cursor !== null);
    expect(seen.length).toBeGreaterThanOrEqual(69);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('is not pushed out by those who try keys, and holds no secret', async () => {
    await get(`${quotes.url}/quotes/-/key`, 'guessed-guessed-guessed');
    const { body } = await get(`${quotes.url}/quotes/-/audit?limit=100`, ADA);
    expect(body.items.map(({ who }) => who)).not.toContain('unknown');
    expect(JSON.stringify(body)).not.toMatch(/guessed|key-of|dev-admin-key/);
  });

  it('names no user who may be deleted', async () => {
    const body = { id: 'tintin', name: 'Tintin', password: 'milou et moi' };
    await fetch(`${users.url}/users`, asAdmin('POST', body));
    await fetch(`${users.url}/users/tintin`, asAdmin('DELETE'));
    const answer = await get(`${users.url}/users/-/audit`, EVE);
    expect(answer.body.items.map(({ what }) => what).slice(0, 2)).toEqual(['/users/:id', '/users']);
    expect(JSON.stringify(answer.body)).not.toContain('tintin');
  });

  it('passes over what somebody else wrote there, and tells the rest', async () => {
    const redis = `emulated-${Math.random()}`;
    const app = await runApp({ service: 'quotes', redis, env: { ADMIN_KEYS: NAMED } });
    await fetch(`${app.url}/quotes/gone`, asAdmin('DELETE'));
    await get(`${app.url}/quotes/-/audit`, ADA);
    const store = emulateRedis(redis)({} as never, { connectionName: 'other' } as never);
    for (const events of ['no JSON', '{}', '[null]', '[{"at":1}]'])
      await store.xadd('{quotes}:audit', '*', 'events', events);
    const { status, body } = await get(`${app.url}/quotes/-/audit`, ADA);
    expect([status, body.items.map(({ what }) => what)]).toEqual([200, ['/quotes/gone']]);
    for (let broken = 0; broken < 30; broken++) await store.xadd('{quotes}:audit', '*', 'events', 'no JSON');
    const first = (await get(`${app.url}/quotes/-/audit?limit=1`, ADA)).body;
    expect(first.items).toEqual([]);
    const second = (await get(`${app.url}/quotes/-/audit?limit=1&cursor=${first.next}`, ADA)).body;
    expect([second.items.map(({ what }) => what), second.next]).toEqual([['/quotes/gone'], null]);
    await app.stop();
  });

  it.each(['cursor=x', 'cursor=1-1', 'limit=0', 'limit=101', 'more=1'])('refuses ?%s', async (query) => {
    expect((await get(`${quotes.url}/quotes/-/audit?${query}`, ADA)).status).toBe(400);
  });
});
