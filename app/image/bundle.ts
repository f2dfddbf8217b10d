import { cp, mkdir, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const APP = resolve(import.meta.dirname, '..');
const ROOT = resolve(APP, '..');

/**
 * What stays a package: a native addon, whose loader looks for the binary of the C library that it finds where it runs, files
 * that are served, and a table that a third of the program would be and most processes never read.
 */
export const EXTERNAL = ['@node-rs/argon2', '@fontsource-variable/eb-garamond', 'mime-types', 'mime-db'];

/** CommonJS packages inside an ES module still ask for Node's own modules by `require`. */
const BANNER =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/** Packages of which a process needs a part, or needs them late: what stands in their place in the bundle. */
export const PARTS: Readonly<Record<string, string>> = {
  // Koa's table of every media type is asked for by the first page, and by no answer of an API.
  'mime-types': ['lookup', 'contentType', 'extension', 'charset']
    .map((name) => `exports.${name} = (text) => require('mime-types').${name}(text);`)
    .join('\n'),
  // Nobody pushes metrics: they are scraped.
  './lib/pushgateway': '',
  // The client without fetch, WebSocket, HTTP/2, caches and mocks, which are most of it.
  undici: `Object.assign(require('undici/lib/dispatcher/dispatcher').prototype, require('undici/lib/api'));
    exports.Agent = require('undici/lib/dispatcher/agent');
    exports.getGlobalDispatcher = require('undici/lib/global').getGlobalDispatcher;`,
  './client-h2.js': '',
  '../web/fetch/body.js': '',
};

/** Modules of Node that a process may do without: each is loaded when something of it is first asked for. */
const LATE = ['fs/promises', 'http2', 'https', 'tls', 'worker_threads', 'zlib'];

/**
 * Leaves out what a process would load and never use. An import reads all that one of Node's modules exports, and so loads
 * what stands behind each name: behind those of node:http a whole HTTP client. A require reads nothing.
 */
const WHEN_USED: Plugin = {
  name: 'when-used',
  setup(bundler) {
    bundler.onResolve({ filter: /./ }, ({ path, kind, namespace }) => {
      const late = LATE.includes(path.replace(/^node:/, ''));
      if (isBuiltin(path) && namespace === 'file' && (late || kind === 'import-statement'))
        return { path, namespace: 'builtin', pluginData: late };
      return Object.hasOwn(PARTS, path) && namespace === 'file' ? { path, namespace: 'part' } : undefined;
    });
    bundler.onLoad({ filter: /./, namespace: 'builtin' }, ({ path, pluginData: late }) => ({
      // As a prototype, for what is imported is copied, with the prototype and the names that it has by then.
      contents: late
        ? `module.exports = Object.create(new Proxy({}, { get: (_, name) => require('${path}')[name] }));`
        : `module.exports = require('${path}');`,
    }));
    bundler.onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({
      contents: PARTS[path] ?? '',
      resolveDir: ROOT,
    }));
  },
};

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
  banner: { js: BANNER },
  plugins: [WHEN_USED],
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
  for (const name of EXTERNAL) {
    const scope = join('node_modules', name.startsWith('@') ? dirname(name) : name);
    await cp(join(ROOT, scope), join(target, scope), { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) await bundle(resolve(process.argv[2] ?? join(ROOT, 'build')));
