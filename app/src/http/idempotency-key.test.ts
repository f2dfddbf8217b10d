import { describe, expect, it } from 'vitest';
import { Repeats } from './idempotency-key.ts';

describe('requests under one Idempotency-Key', () => {
  it('are refused with 409 while one of them is under way, and let through afterwards', async () => {
    const repeats = new Repeats();
    const { promise, resolve } = deferred<string>();
    const first = repeats.run('"key"', {}, () => promise);
    await expect(repeats.run('key', {}, async () => 'second')).rejects.toMatchObject({ status: 409 });
    expect(await repeats.run('"other"', {}, async () => 'other')).toBe('other');
    resolve('first');
    expect(await first).toBe('first');
    expect(await repeats.run('"key"', {}, async () => 'third')).toBe('third');
  });

  it('are let through again when the first one failed', async () => {
    const repeats = new Repeats();
    await expect(repeats.run('"key"', {}, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await repeats.run('"key"', {}, async () => 'again')).toBe('again');
  });

  it('have digests that tell key from key and payload from payload', async () => {
    const digests = (key: string, payload: object) => new Repeats().run(key, payload, async (given) => given);
    const [one, same, otherKey, otherPayload] = await Promise.all([
      digests('"a"', { text: 'x' }),
      digests('a', { text: 'x' }),
      digests('"b"', { text: 'x' }),
      digests('"a"', { text: 'y' }),
    ]);
    expect(same).toEqual(one);
    expect(otherKey?.key).not.toBe(one?.key);
    expect(otherKey?.fingerprint).toBe(one?.fingerprint);
    expect(otherPayload?.fingerprint).not.toBe(one?.fingerprint);
  });
});

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
