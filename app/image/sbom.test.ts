import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { BUILD } from './bundle.ts';
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

describe('the program of the image', () => {
  it("imports nothing of Node's but what gives it a require: an import would load all that stands behind each name", async () => {
    const { metafile } = await build({ ...BUILD, outdir: 'unused', write: false, metafile: true });
    const outputs = Object.values(metafile.outputs);
    const imported = outputs.flatMap(({ imports }) =>
      imports.filter((one) => one.external && one.kind === 'import-statement'),
    );
    expect(imported.map(({ path }) => path)).toEqual([]);
    const required = outputs.flatMap(({ imports }) => imports.filter(({ kind }) => kind === 'require-call'));
    expect(required.map(({ path }) => path)).toContain('node:http');
  });
});
