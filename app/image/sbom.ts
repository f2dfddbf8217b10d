import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { BUILD, EXTERNAL } from './bundle.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Component {
  readonly name: string;
  readonly version: string;
}

interface Bom {
  readonly components: readonly Component[];
  readonly dependencies: readonly unknown[];
}

/** `name@version` of the packages whose files esbuild put into the bundle, and of those that the image carries beside it. */
export async function shippedPackages(): Promise<ReadonlySet<string>> {
  const { metafile } = await build({ ...BUILD, outdir: 'unused', absWorkingDir: ROOT, write: false, metafile: true });
  const inputs = Object.keys(metafile.inputs).flatMap(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  );
  const folders = new Set([...inputs, ...EXTERNAL.map((name) => `node_modules/${name}`)]);
  return new Set(
    [...folders].map((folder) => idOf(JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')))),
  );
}

function idOf({ name, version }: Component): string {
  return `${name}@${version}`;
}

/**
 * CycloneDX of what the image ships of npm: npm's own bill of the lockfile, less the packages of which nothing was bundled.
 * A scanner of the image sees one file of a hundred packages; this says which.
 */
export function shippedBom(bom: Bom, shipped: ReadonlySet<string>): Bom {
  return { ...bom, components: bom.components.filter((one) => shipped.has(idOf(one))), dependencies: [] };
}

/** npm's bill of the lockfile. Without `--omit=dev`: that leaves out ioredis too, because a test's package asks for it as well. */
export function lockedBom(): Bom {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
  return JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
}

if (process.argv[1] === import.meta.filename)
  process.stdout.write(`${JSON.stringify(shippedBom(lockedBom(), await shippedPackages()), null, 2)}\n`);
