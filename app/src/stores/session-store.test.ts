import { describe, expect, it } from 'vitest';
import { emulateRedis } from '../../dev/emulated-redis.ts';
import type { ReadLink } from './connection.ts';
import type { RedisClient } from './redis-factory.ts';
import { SessionStore } from './session-store.ts';

const MINUTE = 60_000;

function storeOf() {
  const name = `sessions-${Math.random()}`;
  const reads = emulateRedis(name)({} as never, { connectionName: name } as never) as RedisClient;
  const link = { reads, ask: (reply: Promise<unknown>) => reply } as unknown as ReadLink;
  const clock = { now: 1_000_000 };
  return { reads, clock, sessions: new SessionStore(link, () => clock.now) };
}
const WHO = { name: 'ada', adminKey: 'a very secret key' };

describe('the store of sessions', () => {
  it('gives back who signed in', async () => {
    const { sessions } = storeOf();
    const opened = await sessions.open(WHO);
    expect(await sessions.find(opened.token)).toEqual({ ...opened, ...WHO });
  });

  it('holds neither a key nor a token that anyone could use', async () => {
    const { sessions, reads } = storeOf();
    const { token } = await sessions.open(WHO);
    const keys = (await reads.keys('*')).sort();
    const all = `${keys.join()} ${await Promise.all(keys.map((key) => reads.get(key)))}`;
    expect(keys).toEqual(['open', 'session'].map((kind) => expect.stringMatching(`^{sessions}:${kind}:[\\w-]{43}$`)));
    expect(all).not.toContain(WHO.adminKey);
    expect(all).not.toContain(token);
  });

  it('opens nothing with a key that somebody wrote into the store', async () => {
    const { sessions, reads } = storeOf();
    const { token } = await sessions.open(WHO);
    const [key = ''] = await reads.keys('*:session:*');
    const stored = JSON.parse((await reads.get(key)) ?? '') as { sealed: string };
    const other = stored.sealed.startsWith('A') ? 'B' : 'A';
    await reads.set(key, JSON.stringify({ ...stored, sealed: other + stored.sealed.slice(1) }));
    expect(await sessions.find(token)).toBeUndefined();
  });

  it('expires half an hour after it was used, and lives while it is', async () => {
    const { sessions, reads, clock } = storeOf();
    let { token } = await sessions.open(WHO);
    const [key = ''] = await reads.keys('*:session:*');
    expect(await reads.ttl(key)).toBe(1_800);
    for (let minutes = 0; minutes < 7 * 60; minutes += 20) {
      clock.now += 20 * MINUTE;
      token = (await sessions.find(token))?.token ?? '';
    }
    expect(await sessions.find(token)).toMatchObject(WHO);
  });

  it('ends after eight hours however much it is used', async () => {
    const { sessions, reads, clock } = storeOf();
    let { token } = await sessions.open(WHO);
    clock.now += 7.9 * 60 * MINUTE;
    token = (await sessions.find(token))?.token ?? '';
    const lives = await Promise.all((await reads.keys('*:session:*')).map((key) => reads.ttl(key)));
    expect(Math.max(...lives)).toBe(360);
    clock.now += 0.1 * 60 * MINUTE;
    expect(await sessions.find(token)).toBeUndefined();
  });

  it('takes a new token every five minutes; the old one counts for pages under way, and is not renewed', async () => {
    const { sessions, reads, clock } = storeOf();
    const first = await sessions.open(WHO);
    clock.now += 5 * MINUTE;
    const second = await sessions.find(first.token);
    expect(second?.token).not.toBe(first.token);
    expect(second?.csrf).toBe(first.csrf);
    expect(await sessions.find(first.token)).toMatchObject({ ...WHO, token: first.token });
    const lives = await Promise.all((await reads.keys('*:session:*')).map((key) => reads.ttl(key)));
    expect(lives.sort((a, b) => a - b)).toEqual([30, 1_800]);
  });

  it('ends at once under every token that it has had, also where two pages renewed it at the same time', async () => {
    const { sessions, clock } = storeOf();
    const first = await sessions.open(WHO);
    clock.now += 5 * MINUTE;
    const renewed = await Promise.all([sessions.find(first.token), sessions.find(first.token)]);
    const tokens = [first, ...renewed].map((session) => session?.token ?? '');
    expect(new Set(tokens).size).toBe(3);
    expect(await Promise.all(tokens.map((token) => sessions.find(token)))).not.toContain(undefined);
    await sessions.close(renewed[0] ?? first);
    expect(await Promise.all(tokens.map((token) => sessions.find(token)))).toEqual([undefined, undefined, undefined]);
  });

  it('ends no other session of the same key', async () => {
    const { sessions } = storeOf();
    const [one, other] = await Promise.all([sessions.open(WHO), sessions.open(WHO)]);
    await sessions.close(one);
    expect(await sessions.find(other.token)).toMatchObject(WHO);
  });
});
