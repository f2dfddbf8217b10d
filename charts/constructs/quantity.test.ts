import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuText, memoryText, resourceList } from './quantity.ts';

describe('a quantity', () => {
  it.each([
    [50, '50m'],
    [1_000, '1'],
    [1_500, '1500m'],
    [12_000, '12'],
  ])('of CPU: %i millicores are %s', (millis, text) => {
    expect(cpuText(millis)).toBe(text);
  });

  it.each([
    [0, '0Mi'],
    [64, '64Mi'],
    [1_024, '1Gi'],
    [1_280, '1280Mi'],
    [2_048, '2Gi'],
  ])('of memory: %i mebibytes are %s', (mebibytes, text) => {
    expect(memoryText(mebibytes)).toBe(text);
  });

  it('says what it was made from', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (amount) => {
        const [cpu, memory] = [cpuText(amount), memoryText(amount)];
        expect(cpu.endsWith('m') ? Number.parseInt(cpu, 10) : Number(cpu) * 1_000).toBe(amount);
        expect(Number.parseInt(memory, 10) * (memory.endsWith('Gi') ? 1_024 : 1)).toBe(amount);
      }),
    );
  });

  it('is left out of a list where it is not asked for', () => {
    expect(resourceList({ cpuMillis: 50, memoryMiB: 64, ephemeralMiB: null })).toEqual({ cpu: '50m', memory: '64Mi' });
    expect(resourceList({ cpuMillis: 50, memoryMiB: 64, ephemeralMiB: 1 })).toMatchObject({
      'ephemeral-storage': '1Mi',
    });
  });
});
