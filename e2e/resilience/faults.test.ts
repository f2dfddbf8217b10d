import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openLoop, quantile } from '../../bench/lab/open-loop.ts';
import { eventually } from '../../test/eventually.ts';
import { requireStore } from '../../test/real-store.ts';
import { requireProgram } from '../../test/requires.ts';
import { type Instances, startInstances } from './instances.ts';
import { countStatuses, lost, mixedLoad } from './load.ts';

const haproxy = requireProgram('haproxy');
const redisServer = requireStore('valkey-server');

const RATE = 400;

describe.skipIf(haproxy === undefined || redisServer === undefined)('two instances of quotes behind a proxy', () => {
  let instances: Instances | undefined;
  const opened: Socket[] = [];

  async function start(env: Readonly<Record<string, string>> = {}): Promise<Instances> {
    instances = await startInstances({
      service: 'quotes',
      haproxy: haproxy ?? '',
      redisServer: redisServer ?? '',
      env,
    });
    await mixedLoad({ url: instances.proxy.url, rate: 50, seconds: 1, name: 'first' });
    return instances;
  }

  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.destroy();
    await instances?.stop();
    instances = undefined;
  });

  /** Runs a load and does something to the instances two seconds into it. */
  async function under(load: { seconds: number; name: string }, deed: (on: Instances) => Promise<void>) {
    const on = await start();
    const running = mixedLoad({ url: on.proxy.url, rate: RATE, ...load });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await deed(on);
    return { on, outcome: await running };
  }

  it('loses to a SIGKILL only what was in flight on the killed instance', async () => {
    const { on, outcome } = await under({ seconds: 8, name: 'killed' }, async ({ members }) => {
      await members[0].end('SIGKILL');
    });
    const failed = outcome.arrivals.filter(({ status }) => status !== 200 && status !== 201);
    // Until the proxy has asked twice (0.6 s), it sends every second request to nobody.
    expect(failed.length).toBeLessThan(RATE);
    const [first, last] = [failed[0]?.index ?? 0, failed.at(-1)?.index ?? 0];
    expect((last - first) / RATE).toBeLessThan(1.5);
    expect(await lost(on.proxy.url, outcome.acknowledged)).toEqual([]);
  });

  it('answers 200, 201 or a clear 503 while Redis restarts, and keeps every acknowledged write', async () => {
    const { on, outcome } = await under({ seconds: 10, name: 'restart' }, async ({ redis }) => {
      await redis.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await redis.restart();
    });
    expect(Object.keys(outcome.statuses)).toEqual(['200', '201', '503']);
    const tail = outcome.arrivals.slice(-RATE);
    expect(tail.filter(({ status }) => status === 503)).toEqual([]);
    expect(await lost(on.proxy.url, outcome.acknowledged)).toEqual([]);
  });

  it('answers within the command timeout while Redis is there but silent, and recovers by itself', async () => {
    const { on, outcome } = await under({ seconds: 10, name: 'silent' }, async ({ redis }) => {
      redis.signal('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      redis.signal('SIGCONT');
    });
    expect(Object.keys(outcome.statuses).every((status) => ['200', '201', '503'].includes(status))).toBe(true);
    expect(outcome.arrivals.slice(-RATE).filter(({ status }) => status === 503)).toEqual([]);
    expect(quantile(outcome.arrivals, 1)).toBeLessThan(6_000);
    expect(await lost(on.proxy.url, outcome.acknowledged)).toEqual([]);
  });

  it('sheds what a burst of ten times the rate brings too much, and is as fast as before afterwards', async () => {
    const on = await start({ MAX_IN_FLIGHT: '50' });
    const read = (rate: number, seconds: number) =>
      openLoop({
        rate,
        seconds,
        sockets: 1_000,
        next: () => ({ method: 'GET', url: `${on.proxy.url}/quotes?limit=50` }),
      });
    const before = await read(RATE, 3);
    const burst = await read(RATE * 10, 3);
    const after = await read(RATE, 3);
    expect(countStatuses(before)).toEqual({ 200: RATE * 3 });
    expect([...new Set(burst.map(({ error }) => error))]).toEqual([undefined]);
    expect(Object.keys(countStatuses(burst)).every((status) => ['200', '503'].includes(status))).toBe(true);
    expect(countStatuses(after)).toEqual({ 200: RATE * 3 });
    expect(quantile(after, 0.5)).toBeLessThan(Math.max(50, 5 * quantile(before, 0.5)));
  });

  it('serves others while clients stall in the middle of a request or send it drop by drop', async () => {
    const on = await start();
    const port = on.members[0].httpPort;
    for (let index = 0; index < 100; index += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        index % 2 === 0
          ? 'POST /quotes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{'
          : 'GET /quotes HTTP/1.1\r\nHost: a\r\nX-Slow: ',
      );
      opened.push(socket);
    }
    const drops = setInterval(() => {
      for (const [index, socket] of opened.entries()) if (index % 2 === 1 && socket.writable) socket.write('a');
    }, 200);
    const outcome = await mixedLoad({ url: on.proxy.url, rate: RATE, seconds: 5, name: 'stalled' });
    clearInterval(drops);
    expect(outcome.statuses).toEqual({ 200: (RATE * 5) / 2, 201: (RATE * 5) / 2 });
  });

  it('goes on serving when its log cannot be written: the disk behind it is full', async () => {
    const on = await startInstances({
      service: 'quotes',
      haproxy: haproxy ?? '',
      redisServer: redisServer ?? '',
      log: '/dev/full',
    });
    instances = on;
    const outcome = await mixedLoad({ url: on.proxy.url, rate: RATE, seconds: 4, name: 'full' });
    expect(outcome.statuses[201]).toBe((RATE * 4) / 2);
    await eventually(() => expect(outcome.statuses[0] ?? 0).toBe(0));
  });
});
