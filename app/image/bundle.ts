import { cp, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const APP = resolve(import.meta.dirname, '..');
const ROOT = resolve(APP, '..');

/** Native addons stay packages: their loader looks for the binary of the C library that it finds where it runs. */
const NATIVE_SCOPE = '@node-rs';
export const EXTERNAL = [`${NATIVE_SCOPE}/argon2`];

/** CommonJS packages inside an ES module still ask for Node's own modules by `require`. */
const BANNER =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/** Two programs, and a file for each part that only some processes load: a service, the export of traces. */
export const BUILD: BuildOptions = {
  entryPoints: { main: join(APP, 'src/main.ts'), healthcheck: join(APP, 'src/healthcheck.ts') },
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  splitting: true,
  target: 'node20',
  external: EXTERNAL,
  // Two of Koa's packages bring a table of every media type each, of which one does for both.
  alias: { 'mime-types': join(ROOT, 'node_modules/mime-types') },
  banner: { js: BANNER },
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'eof',
  logLevel: 'warning',
};

/**
 * V8 keeps the text of a program in memory: without its comments and spaces a process idles with 4 MiB less.
 * Names stay, so that a stack trace in a log names functions that the sources have; lines stay short enough to be read.
 */
const SMALL: BuildOptions = { minifyWhitespace: true, minifySyntax: true, lineLimit: 120 };

export async function bundle(target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await build({ ...BUILD, ...SMALL, outdir: target });
  await cp(join(APP, 'src/services/front/assets'), join(target, 'assets'), { recursive: true });
  await cp(join(ROOT, 'node_modules', NATIVE_SCOPE), join(target, 'node_modules', NATIVE_SCOPE), { recursive: true });
}

if (process.argv[1] === import.meta.filename) await bundle(resolve(process.argv[2] ?? join(ROOT, 'build')));
