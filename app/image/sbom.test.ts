import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { BUILD, PARTS } from './bundle.ts';
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

const SOURCES = join(import.meta.dirname, '../src');
const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => /(?<!\.test)\.ts$/.test(name))
  .map((name) => readFileSync(join(SOURCES, name), 'utf8'));

/** Values that the sources import from a package by name, and the other ways in which they name it. */
function importsFrom(name: string): { readonly values: readonly string[]; readonly others: readonly string[] } {
  const byName = new RegExp(`^(?:im|ex)port \\{([^}]*)\\} from '${name}';|^import type [^;]* from '${name}';`, 'gm');
  const named = sources.flatMap((text) => [...text.matchAll(byName)].map(([, names = '']) => names.split(',')));
  const values = named.flat().flatMap((one) => /^\s*(?!type )(\w+)/.exec(one)?.[1] ?? []);
  const others = sources.map((text) => text.replaceAll(byName, '')).filter((text) => text.includes(`'${name}'`));
  return { values: [...new Set(values)], others };
}

describe('the program of the image', () => {
  it('has each name that the sources import from a package of which it holds a part', () => {
    expect(importsFrom('undici').values).toContain('Agent');
    for (const [name, part] of Object.entries(PARTS)) {
      const { values, others } = importsFrom(name);
      const given = [...part.matchAll(/exports\.(\w+) =/g)].map(([, value]) => value);
      expect(given, name).toEqual(expect.arrayContaining([...values]));
      expect(others, `${name} is imported in a way that this test does not read`).toEqual([]);
    }
  });

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

  it("loads what a process may do without only when it is asked for, and has each of Node's names then", async () => {
    const has = "process.moduleLoadList.includes('NativeModule http2')";
    const contents = `import http2, { connect } from 'node:http2';
      console.log(${has}, typeof require('http2'), typeof connect, connect === http2.connect, ${has});`;
    const stdin = { contents, sourcefile: join(SOURCES, 'entry.mts'), resolveDir: SOURCES, loader: 'ts' } as const;
    const { outputFiles } = await build({ ...BUILD, entryPoints: [], splitting: false, stdin, write: false });
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', outputFiles?.[0]?.text ?? '']);
    expect(printed.toString().trim()).toBe('false object function true true');
  });

  it('has every part in place of what it stands for', async () => {
    const { metafile } = await build({ ...BUILD, outdir: 'unused', write: false, metafile: true });
    expect(Object.keys(metafile.inputs)).toEqual(
      expect.arrayContaining(Object.keys(PARTS).map((name) => `part:${name}`)),
    );
  });
});
