import { describe, expect, it } from 'vitest';
import type { RedisClient } from './redis-factory.ts';
import { OUTAGE_BUDGET_MS, RedisHealth } from './redis-health.ts';

function setup() {
  const state = { time: 0, up: false };
  const ping = async () => {
    if (!state.up) throw new Error('down');
    return 'PONG';
  };
  const changes: boolean[] = [];
  const client = { ping } as unknown as RedisClient;
  const health = new RedisHealth({ client, now: () => state.time, onChange: (up) => changes.push(up) });
  return { state, health, changes };
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

  it('pings by itself until it is stopped', async () => {
    const { state, health } = setup();
    state.up = true;
    health.start();
    await expect.poll(() => health.up).toBe(true);
    health.stop();
  });
});
