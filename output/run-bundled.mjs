/**
 * `node output/run-bundled.mjs main.ts`: the program and all that it imports as one file, run in this process. It does what
 * `node --import tsx main.ts` does in half of the time: there, each of 350 modules goes to a second thread and back.
 * The file is kept, where it can be written, until one of its sources has another time or size, or the project another place.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join, relative, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
// From here on the arguments are the program's, itself the first.
process.argv.splice(1, 1);
const name = relative(root, resolve(process.argv[1] ?? ''));
const outfile = join(cache, `bundle-${name.replaceAll(/\W+/g, '-')}.cjs`);

function stateOf(file) {
  const { mtimeMs, size } = statSync(join(root, file));
  return `${mtimeMs} ${size}`;
}

const hashOf = (text) => createHash('sha1').update(text).digest('hex');

/** The bundle that was kept, whole and still true; its first line says whose it is, the place that it was made for, and the states of its sources. */
function kept() {
  try {
    const file = readFileSync(outfile, 'utf8');
    const end = file.indexOf('\n') + 1;
    const { of, at, states, hash } = JSON.parse(file.slice(0, end));
    const text = file.slice(end);
    const isTrue = of === name && at === root && hash === hashOf(text);
    return isTrue && Object.entries(states).every(([source, state]) => stateOf(source) === state) ? text : undefined;
  } catch {
    return undefined;
  }
}

async function bundle() {
  const { buildSync } = await import('esbuild');
  const started = Date.now();
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [name],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    sourcesContent: false,
    metafile: true,
    write: false,
    // What root.ts says. Nothing else may ask for its place: `import.meta.url` stops the build.
    define: { 'import.meta.dirname': JSON.stringify(root) },
    logOverride: { 'empty-import-meta': 'error' },
    logLevel: 'error',
  });
  const sources = ['output/run-bundled.mjs', 'tsconfig.json', ...Object.keys(metafile.inputs)];
  const states = sources.map((file) => [
    file,
    statSync(join(root, file)).mtimeMs < started ? stateOf(file) : 'changing',
  ]);
  const [{ text }] = outputFiles;
  keep(JSON.stringify({ of: name, at: root, states: Object.fromEntries(states), hash: hashOf(text) }), text);
  return text;
}

function keep(about, text) {
  if (name.startsWith('..')) return;
  try {
    mkdirSync(cache, { recursive: true });
    // Two runs at once write the same: each beside it first, so that nobody reads the half of it.
    writeFileSync(`${outfile}.${process.pid}`, `${about}\n${text}`);
    renameSync(`${outfile}.${process.pid}`, outfile);
  } catch {
    // A checkout that may only be read, or a full disk: the next run takes its half second again.
  }
}

/** As if the file stood where it is kept: its packages are looked up from there, and its stack traces show the sources. */
function run(text) {
  process.setSourceMapsEnabled(true);
  const program = new Module(outfile);
  program.filename = outfile;
  program.paths = Module._nodeModulePaths(cache);
  program._compile(text, outfile);
}

let text;
try {
  text = kept() ?? (await bundle());
} catch (error) {
  // esbuild has said what does not compile, and where.
  const why = error.errors ? 'the sources do not compile' : `${error.message}\nrun 'npm ci'`;
  console.error(`${why}; nothing was run`);
  process.exit(1);
}
run(text);
