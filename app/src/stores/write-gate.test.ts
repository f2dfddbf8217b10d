import { describe, expect, it } from 'vitest';
import type { RedisClient } from './redis-factory.ts';
import { StoreUnavailable } from './store-unavailable.ts';
import { type Write, WriteGate } from './write-gate.ts';

type Reply = [Error | null, unknown];

/** A client that notes the commands of each pipeline; `confirmed` is what WAIT answers. */
function fakeClient(confirmed: () => Reply) {
  const groups: string[][] = [];
  const pipeline = () => {
    const commands: string[] = [];
    const replies: Reply[] = [];
    return {
      set(key: string) {
        commands.push(key);
        replies.push(key === 'bad' ? [new Error('OOM'), null] : [null, 1]);
        return this;
      },
      wait() {
        commands.push('WAIT');
        replies.push(confirmed());
        return this;
      },
      async exec() {
        groups.push(commands);
        await new Promise((resolve) => setImmediate(resolve));
        return replies;
      },
    };
  };
  return { groups, client: { pipeline } as unknown as RedisClient };
}

const set =
  (key: string): Write =>
  (pipeline) =>
    pipeline.set(key, 1);

describe('the write gate', () => {
  it('commits all writes of a turn as one group that ends with WAIT', async () => {
    const { groups, client } = fakeClient(() => [null, 2]);
    const gate = new WriteGate({ client, replicas: 1 });
    expect(await Promise.all(['a', 'b', 'c'].map((key) => gate.run(set(key))))).toEqual([1, 1, 1]);
    expect(groups).toEqual([['a', 'b', 'c', 'WAIT']]);
  });

  it('gathers what arrives while a group waits', async () => {
    const { groups, client } = fakeClient(() => [null, 1]);
    const gate = new WriteGate({ client, replicas: 1 });
    const first = gate.run(set('a'));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, gate.run(set('b')), gate.run(set('c'))]);
    expect(groups).toEqual([
      ['a', 'WAIT'],
      ['b', 'c', 'WAIT'],
    ]);
  });

  it('acknowledges nothing that too few replicas confirmed', async () => {
    const { client } = fakeClient(() => [null, 0]);
    await expect(new WriteGate({ client, replicas: 1 }).run(set('a'))).rejects.toThrow('Only 0 of 1 replicas');
  });

  it('acknowledges nothing when WAIT itself fails', async () => {
    const { client } = fakeClient(() => [new Error('connection lost'), null]);
    await expect(new WriteGate({ client, replicas: 1 }).run(set('a'))).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('does not wait where there are no replicas', async () => {
    const { groups, client } = fakeClient(() => [null, 0]);
    await new WriteGate({ client, replicas: 0 }).run(set('a'));
    expect(groups).toEqual([['a']]);
  });

  it('fails one write without its neighbours', async () => {
    const { client } = fakeClient(() => [null, 1]);
    const gate = new WriteGate({ client, replicas: 1 });
    const [bad, good] = await Promise.allSettled([gate.run(set('bad')), gate.run(set('good'))]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('fails the group and goes on when a pipeline throws', async () => {
    const { client } = fakeClient(() => [null, 1]);
    const broken: Write = () => {
      throw new Error('no such command');
    };
    const gate = new WriteGate({ client, replicas: 1 });
    await expect(gate.run(broken)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await gate.run(set('a'))).toBe(1);
  });
});
