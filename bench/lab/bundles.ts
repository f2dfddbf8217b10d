import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { BUILD, bundle } from '../../app/image/bundle.ts';
import { BUNDLE, BUNDLE_NO_METRICS, PEERS } from '../contenders.ts';

const OBSERVE = /export function observe\([^)]*\): void \{/;

/** Request metrics that count nothing. @throws where the function that counts is not found any more */
const withoutMetrics: Plugin = {
  name: 'without-metrics',
  setup(bundler) {
    bundler.onLoad({ filter: /http[/]request-metrics[.]ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!OBSERVE.test(source)) throw new Error(`${path}: no observe() to leave out; mend bench/lab/bundles.ts`);
      return { contents: source.replace(OBSERVE, '$& return;'), loader: 'ts' };
    });
  },
};

/** Writes the bundle that the image runs, the same without request metrics, and the peers as JavaScript: what compiles them as they load adds calls of its own. */
export async function writeBundles(): Promise<void> {
  await bundle(BUNDLE);
  await bundle(BUNDLE_NO_METRICS);
  await build({ ...BUILD, outdir: BUNDLE_NO_METRICS, plugins: [withoutMetrics], logLevel: 'error' });
  const entryPoints = ['fastify', 'by-hand', 'bare-redis', 'bare'].map((name) =>
    join(PEERS, '..', '..', 'peers', `${name}.ts`),
  );
  await build({ ...BUILD, entryPoints, outdir: PEERS, packages: 'external', splitting: false });
}
