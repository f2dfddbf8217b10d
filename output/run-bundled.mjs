/**
 * `node output/run-bundled.mjs main.ts`: the program and all that it imports as one file, run in this process. It does what
 * `node --import tsx main.ts` does in half of the time: there, each of 350 modules goes to a second thread and back.
 * The file is kept until one of its sources has another time or size, or the project another place.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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

/** The first line of a bundle begins with whose it is, the place that it was made for, and the states of its sources. */
function isFresh() {
  try {
    const [, about] = /^\/\*(.*?)\*\//.exec(readFileSync(outfile, 'utf8'));
    const { of, at, states } = JSON.parse(about);
    return of === name && at === root && Object.entries(states).every(([file, state]) => stateOf(file) === state);
  } catch {
    return false;
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
  mkdirSync(cache, { recursive: true });
  // Two runs at once write the same: each beside it first, so that nobody reads the half of it.
  const about = JSON.stringify({ of: name, at: root, states: Object.fromEntries(states) });
  writeFileSync(`${outfile}.${process.pid}`, `/*${about}*/${outputFiles[0].text}`);
  renameSync(`${outfile}.${process.pid}`, outfile);
}

try {
  if (!isFresh()) await bundle();
} catch (error) {
  // esbuild has said what does not compile, and where.
  const why = error.errors
    ? 'the sources do not compile'
    : `${error.message}\nrun 'npm ci', and let ${cache} be written`;
  console.error(`${why}; nothing was run`);
  process.exit(1);
}
process.setSourceMapsEnabled(true);
try {
  createRequire(outfile)(outfile);
} finally {
  if (name.startsWith('..')) rmSync(outfile, { force: true });
}
