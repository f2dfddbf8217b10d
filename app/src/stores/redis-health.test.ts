import { describe, expect, it } from 'vitest';
import type { RedisClient } from './redis-factory.ts';
import { OUTAGE_BUDGET_MS, RedisHealth } from './redis-health.ts';

function setup(readReplicas = 0) {
  const state = { time: 0, up: false, info: '', answersAfter: 0 };
  const answer = async (value: unknown) => {
    state.time += state.answersAfter;
    if (!state.up) throw new Error('down');
    return value;
  };
  const changes: boolean[] = [];
  const client = { hmget: () => answer([null]), info: () => answer(state.info) } as unknown as RedisClient;
  const onChange = (up: boolean) => changes.push(up);
  const doubts: number[] = [];
  const onDoubt = () => doubts.push(state.time);
  const health = new RedisHealth({ client, key: 'data', readReplicas, now: () => state.time, onChange, onDoubt });
  return { state, health, changes, doubts };
}

describe('readiness by Redis', () => {
  it('waits for the first success', async () => {
    const { state, health } = setup();
    await health.check();
    expect(health.readiness()).toEqual({ ready: false, reason: 'Redis has not been reached yet' });
    state.up = true;
    await health.check();
    expect(health.readiness()).toEqual({ ready: true });
  });

  it('outlasts a failover, and ends only when the outage is longer', async () => {
    const { state, health, changes } = setup();
    state.up = true;
    await health.check();
    state.up = false;
    state.time = OUTAGE_BUDGET_MS;
    await health.check();
    expect(health.up).toBe(false);
    expect(health.readiness().ready).toBe(true);
    state.time = OUTAGE_BUDGET_MS + 1;
    expect(health.readiness()).toEqual({ ready: false, reason: 'Redis has been away for 15 s' });
    state.up = true;
    await health.check();
    expect(health.readiness().ready).toBe(true);
    expect(changes).toEqual([true, false, true]);
  });

  it('tells once that Redis was away from the start', async () => {
    const { health, changes } = setup();
    await health.check();
    await health.check();
    expect(health.up).toBe(false);
    expect(changes).toEqual([false]);
  });

  it('asks by itself until it is stopped', async () => {
    const { state, health } = setup();
    state.up = true;
    health.start();
    await expect.poll(() => health.up).toBe(true);
    health.stop();
  });
});

describe('whether a server still leads', () => {
  const replica = (lag: number, index = 0) => `slave${index}:ip=10.0.0.2,port=6379,state=online,offset=42,lag=${lag}`;
  const info = (role: string, ...replicas: string[]) => [`role:${role}`, ...replicas, ''].join('\r\n');

  async function leads(said: string, { readReplicas = 1, checks = 2 } = {}): Promise<boolean> {
    const { state, health } = setup(readReplicas);
    Object.assign(state, { up: true, info: said });
    for (let check = 0; check < checks; check++) await health.check();
    return health.leads;
  }

  it('is taken for granted where no other server could have acknowledged a write', async () => {
    expect(await leads(info('slave'), { readReplicas: 0 })).toBe(true);
  });

  it('is believed of a primary whose replica reported just now, twice in a row', async () => {
    expect(await leads(info('master', replica(1)))).toBe(true);
    expect(await leads(info('master', replica(0)), { checks: 1 })).toBe(false);
  });

  it('is doubted without replicas, with one that has been silent, and of a replica', async () => {
    expect(await leads(info('master'))).toBe(false);
    expect(await leads(info('master', replica(2)))).toBe(false);
    expect(await leads(info('master', replica(0).replace('online', 'wait_bgsave')))).toBe(false);
    expect(await leads(info('slave', replica(0)))).toBe(false);
    expect(await leads(info('master', replica(0), replica(7, 1)), { readReplicas: 2 })).toBe(false);
    expect(await leads(info('master', replica(0), replica(1, 1)), { readReplicas: 2 })).toBe(true);
  });

  it('is doubted once the last answer is too old, counted from the question', async () => {
    const { state, health } = setup(1);
    Object.assign(state, { up: true, info: info('master', replica(0)) });
    await health.check();
    await health.check();
    state.time += 1_499;
    expect(health.leads).toBe(true);
    state.time += 1;
    expect(health.leads).toBe(false);
    state.answersAfter = 800;
    await health.check();
    expect(health.leads).toBe(false);
  });

  it('is asked of whoever leads now, once an answer gives reason for doubt', async () => {
    const { state, health, doubts } = setup(1);
    Object.assign(state, { up: true, info: info('master') });
    await health.check();
    expect(doubts).toHaveLength(1);
    state.info = info('master', replica(0));
    await health.check();
    state.up = false;
    await health.check();
    expect(doubts).toHaveLength(1);
  });

  it('is doubted when the server stops answering', async () => {
    const { state, health } = setup(1);
    Object.assign(state, { up: true, info: info('master', replica(0)) });
    await health.check();
    await health.check();
    state.up = false;
    await health.check();
    expect(health.leads).toBe(false);
  });
});
