import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { METRICS } from '../../contract.ts';
import { diskUsePercent, readContainerUse } from './container-use.ts';
import { cpuMeter, registerSystemMetrics } from './metrics.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cgroup-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe("the container's use", () => {
  it('is measured against the limits of cgroup v2', async () => {
    const files = {
      'cpu.max': '50000 100000\n',
      'cpu.stat': 'usage_usec 123456\nuser_usec 1\n',
      'memory.max': '268435456\n',
      'memory.current': '100000000\n',
      'memory.stat': 'anon 1\ninactive_file 40000000\n',
    };
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    expect(readContainerUse(folder)).toEqual({
      cpuLimit: 0.5,
      cpuUsedMicros: 123456,
      memoryLimit: 268435456,
      memoryUsed: 60000000,
    });
  });

  it("falls back to the host's figures where there is no limit", async () => {
    await writeFile(join(folder, 'cpu.max'), 'max 100000\n');
    await writeFile(join(folder, 'memory.max'), 'max\n');
    const use = readContainerUse(folder);
    expect(use.memoryLimit).toBe(totalmem());
    expect(use.cpuLimit).toBeGreaterThanOrEqual(1);
    expect(use.memoryUsed).toBeGreaterThan(0);
    expect(use.cpuUsedMicros).toBeGreaterThan(0);
  });

  it('gives CPU in percent of the limit since the last reading', () => {
    let [time, used] = [0, 0];
    const read = () => ({ cpuLimit: 2, cpuUsedMicros: used, memoryLimit: 1, memoryUsed: 0 });
    const percent = cpuMeter(read, () => time);
    [time, used] = [10_000, 5_000_000];
    expect(percent()).toBe(25);
    time = 10_500;
    expect(percent()).toBe(25);
    time = 20_000;
    expect(percent()).toBe(0);
  });

  it('counts the files of a folder against its size limit', async () => {
    await mkdir(join(folder, 'deeper'));
    await writeFile(join(folder, 'deeper', 'file'), Buffer.alloc(40_960));
    const percent = await diskUsePercent(folder, 409_600);
    expect(percent).toBeGreaterThanOrEqual(10);
    expect(percent).toBeLessThan(15);
  });

  it('takes the file system where there is no size limit', async () => {
    expect(await diskUsePercent(folder, undefined)).toBeGreaterThan(0);
  });

  it('is exported under the names of the contract', async () => {
    const registry = new Registry();
    registerSystemMetrics(registry, undefined);
    const text = await registry.metrics();
    for (const name of [METRICS.cpu, METRICS.memory, METRICS.disk])
      expect(text).toMatch(new RegExp(`^${name} [\\d.e-]+$`, 'm'));
  });
});
