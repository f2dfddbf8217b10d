import { describe, expect, it } from 'vitest';
import { Child } from './child.ts';

/** A child that runs a line of JavaScript, and what it told. */
function childOf(script: string) {
  const lines: string[] = [];
  const crashes: (number | null)[] = [];
  const pauses: number[] = [];
  const child = new Child(
    { name: 'test', command: process.execPath, args: () => ['-e', script] },
    {
      onLine: (name, line) => lines.push(`${name}: ${line}`),
      onCrash: (_, code, pauseMs) => {
        crashes.push(code);
        pauses.push(pauseMs);
      },
    },
  );
  return { child, lines, crashes, pauses };
}

describe('a process of the platform', () => {
  it('passes on its lines, ends when asked, and is no crash then', async () => {
    const { child, lines, crashes } = childOf("console.log('out'); console.error('err'); setInterval(() => {}, 1000)");
    child.start();
    await expect.poll(() => lines.toSorted(), { timeout: 10_000 }).toEqual(['test: err', 'test: out']);
    await child.stop();
    expect(crashes).toEqual([]);
    await child.stop();
  });

  it('tells when it ends by itself, and starts again after a longer pause each time', async () => {
    const { child, crashes, pauses } = childOf('process.exit(3)');
    child.start();
    await expect.poll(() => crashes, { timeout: 10_000 }).toEqual([3, 3, 3]);
    expect(pauses).toEqual([250, 500, 1_000]);
    await child.stop();
  });

  it('stays away when it is stopped before it starts again', async () => {
    const { child, crashes } = childOf('process.exit(3)');
    child.start();
    await expect.poll(() => crashes.length, { timeout: 10_000 }).toBeGreaterThan(0);
    await child.stop();
    const before = crashes.length;
    await expect.poll(() => crashes.length, { timeout: 1_000, interval: 900 }).toBe(before);
  });

  it('says that its program is not there', async () => {
    const lines: string[] = [];
    const events = { onLine: (_: string, line: string) => lines.push(line), onCrash: () => {} };
    new Child({ name: 'test', command: '/no/such/program', args: () => [] }, events).start();
    await expect.poll(() => lines.join(), { timeout: 5_000 }).toContain('cannot be started');
  });
});
