import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Acknowledgement } from '../runtime/config.ts';
import type { RedisClient } from './redis-factory.ts';
import { StoreUnavailable } from './store-unavailable.ts';
import { type Write, WriteGate } from './write-gate.ts';

type Reply = [Error | null, unknown];

const DISK: Acknowledgement = { kind: 'disk', replicas: 2 };

/** A client that notes the commands of each pipeline; `confirmed` is what WAIT and WAITAOF answer. */
class FakeClient extends EventEmitter {
  readonly groups: string[][] = [];
  status = 'ready';
  reconnects = 0;
  /** What happens while a group waits. */
  meanwhile = () => {};
  readonly #confirmed: () => Reply;

  constructor(confirmed: () => Reply) {
    super();
    this.#confirmed = confirmed;
  }

  disconnect(): void {
    this.reconnects++;
  }

  pipeline() {
    const [commands, replies]: [string[], Reply[]] = [[], []];
    const add = (command: string, reply: Reply) => {
      commands.push(command);
      replies.push(reply);
    };
    return {
      fcall: (name: string, keys: number, ...rest: string[]) =>
        add([name, ...rest.slice(keys)].join(' '), rest[0] === 'bad' ? [new Error('OOM'), null] : [null, 1]),
      wait: (replicas: number) => add(`WAIT ${replicas}`, this.#confirmed()),
      call: (name: string, ...args: number[]) => add([name, ...args.slice(0, -1)].join(' '), this.#confirmed()),
      exec: async () => {
        this.groups.push(commands);
        await new Promise((resolve) => setImmediate(resolve));
        this.meanwhile();
        return replies;
      },
    };
  }
}

function setup(confirmed: () => Reply, acknowledgement: Acknowledgement = DISK) {
  const client = new FakeClient(confirmed);
  const results: (string | undefined)[] = [];
  const gate = new WriteGate({
    client: client as unknown as RedisClient,
    acknowledgement,
    onResult: (error) => results.push(error?.message),
  });
  return { client, gate, results };
}

const write = (arg: string, key = 'good'): Write => ({ name: 'put', keys: [key], args: [arg] });

describe('the write gate', () => {
  it('commits all writes of a turn as one group that ends with one WAITAOF for the primary’s disk and its replicas’', async () => {
    const { client, gate } = setup(() => [null, [1, 2]]);
    expect(await Promise.all(['a', 'b', 'c'].map((arg) => gate.run(write(arg))))).toEqual([1, 1, 1]);
    expect(client.groups).toEqual([['put a', 'put b', 'put c', 'WAIT 2', 'WAITAOF 1 2']]);
  });

  it('gathers what arrives while a group waits', async () => {
    const { client, gate } = setup(() => [null, [1, 2]]);
    const first = gate.run(write('a'));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, gate.run(write('b')), gate.run(write('c'))]);
    expect(client.groups).toEqual([
      ['put a', 'WAIT 2', 'WAITAOF 1 2'],
      ['put b', 'put c', 'WAIT 2', 'WAITAOF 1 2'],
    ]);
  });

  it('asks for what the store can give: the disk alone, memory, or nothing', async () => {
    const asked = async (acknowledgement: Acknowledgement, answer: unknown) => {
      const { client, gate } = setup(() => [null, answer], acknowledgement);
      await gate.run(write('a'));
      return client.groups.flat().slice(1);
    };
    expect(await asked({ kind: 'disk', replicas: 0 }, [1, 0])).toEqual(['WAITAOF 1 0']);
    expect(await asked({ kind: 'memory', replicas: 1 }, 1)).toEqual(['WAIT 1']);
    expect(await asked({ kind: 'none', replicas: 0 }, 0)).toEqual([]);
  });

  it.each([
    ['too few replicas', [null, [1, 1]]],
    ['not the disk of the primary', [null, [0, 2]]],
    ['nobody', [null, null]],
    ['an error', [new Error('WAITAOF cannot be used with replica instances'), null]],
  ] satisfies [string, Reply][])(
    'acknowledges nothing where %s confirmed, says so, and asks anew who the primary is',
    async (_, reply) => {
      const { client, gate, results } = setup(() => reply);
      await expect(gate.run(write('a'))).rejects.toBeInstanceOf(StoreUnavailable);
      expect(results).toEqual([expect.any(String)]);
      expect(client.reconnects).toBe(1);
    },
  );

  it('acknowledges nothing when too few replicas hold it in memory', async () => {
    const { gate } = setup(() => [null, 0], { kind: 'memory', replicas: 1 });
    await expect(gate.run(write('a'))).rejects.toThrow('Of 1 replicas 0 confirmed');
  });

  it('acknowledges nothing that was confirmed on another connection than the one that took it', async () => {
    const { client, gate } = setup(() => [null, [1, 2]]);
    client.meanwhile = () => client.emit('close');
    await expect(gate.run(write('a'))).rejects.toThrow('The connection ended before');
    client.meanwhile = () => {};
    expect(await gate.run(write('b'))).toBe(1);
  });

  it('sends nothing before the connection is ready, and waits for it for a moment', async () => {
    const { client, gate } = setup(() => [null, [1, 2]]);
    client.status = 'connect';
    const waiting = gate.run(write('a'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.groups).toEqual([]);
    client.status = 'ready';
    client.emit('ready');
    expect(await waiting).toBe(1);
    client.status = 'reconnecting';
    await expect(gate.run(write('b'))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(client.groups).toHaveLength(1);
  });

  it('fails one write without its neighbours, and reports it', async () => {
    const { client, gate, results } = setup(() => [null, [1, 2]]);
    const [bad, good] = await Promise.allSettled([gate.run(write('a', 'bad')), gate.run(write('b'))]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
    expect(results).toEqual(['OOM']);
    await gate.run(write('c'));
    expect(results).toEqual(['OOM', undefined]);
    expect(client.reconnects).toBe(0);
  });

  it('fails the group and goes on when a pipeline throws', async () => {
    const { client, gate } = setup(() => [null, [1, 2]]);
    client.meanwhile = () => {
      throw new Error('no such command');
    };
    await expect(gate.run(write('a'))).rejects.toBeInstanceOf(StoreUnavailable);
    client.meanwhile = () => {};
    expect(await gate.run(write('b'))).toBe(1);
  });
});
