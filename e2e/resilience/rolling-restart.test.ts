import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireStore } from '../../test/real-store.ts';
import { requireProgram } from '../../test/requires.ts';
import { type Instances, startInstances } from './instances.ts';
import { lost, mixedLoad } from './load.ts';

const haproxy = requireProgram('haproxy');
const redisServer = requireStore('valkey-server');

const RATE = 2_000;
const SECONDS = 52;
const TERMINATIONS = 8;

describe.skipIf(haproxy === undefined || redisServer === undefined)('a rolling restart under load', () => {
  let instances: Instances;

  beforeAll(async () => {
    instances = await startInstances({ service: 'quotes', haproxy: haproxy ?? '', redisServer: redisServer ?? '' });
    // Something to read before the load begins.
    await mixedLoad({ url: instances.proxy.url, rate: 50, seconds: 1, name: 'first' });
  });
  afterAll(() => instances?.stop());

  async function restartInTurn(): Promise<(number | null)[]> {
    const codes: (number | null)[] = [];
    for (let turn = 0; turn < TERMINATIONS; turn += 1) {
      const member = instances.members[turn % 2 === 0 ? 0 : 1];
      codes.push(await member.end('SIGTERM'));
      await member.restart();
      await instances.proxy.sees(2);
    }
    return codes;
  }

  it(`fails none of ${RATE * SECONDS} requests over ${TERMINATIONS} SIGTERMs, half of them writes, without retries`, async () => {
    const [outcome, codes] = await Promise.all([
      mixedLoad({ url: instances.proxy.url, rate: RATE, seconds: SECONDS, name: 'rolling' }),
      restartInTurn(),
    ]);
    expect(codes).toEqual(Array(TERMINATIONS).fill(0));
    expect(outcome.statuses).toEqual({ 200: (RATE * SECONDS) / 2, 201: (RATE * SECONDS) / 2 });
    expect(await lost(instances.proxy.url, outcome.acknowledged)).toEqual([]);
    console.log(`${outcome.arrivals.length} requests, ${TERMINATIONS} SIGTERMs, ${JSON.stringify(outcome.statuses)}`);
  });
});
