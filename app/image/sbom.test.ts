import { describe, expect, it } from 'vitest';
import { lockedBom, shippedBom, shippedPackages } from './sbom.ts';

describe('the bill of materials of the bundle', () => {
  it('names every package of which something was bundled, with its version, and no other', async () => {
    const locked = lockedBom();
    const shipped = await shippedPackages();
    const { components } = shippedBom(locked, shipped);
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['koa', 'ioredis', 'pino', '@node-rs/argon2']));
    expect(components).toHaveLength(shipped.size);
    expect(components.length).toBeLessThan(locked.components.length);
    for (const { version } of components) expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });
});
