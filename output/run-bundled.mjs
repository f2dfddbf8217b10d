/**
 * `node output/run-bundled.mjs main.ts`: the program and all that it imports as one file, run in this process. It does what
 * `node --import tsx main.ts` does in less than half of the time: there, each of 350 modules goes to a second thread and back.
 * The file is kept, where it can be written, until one of its sources has another time or size, or the project another place.
 * Its packages are a second file, kept until others are installed, so that an edit does not make them anew; beside both
 * stands what V8 compiled of them.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { constants, Script } from 'node:vm';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
// From here on the arguments are the program's, itself the first.
process.argv.splice(1, 1);
const name = relative(root, resolve(process.argv[1] ?? ''));
const outfile = join(cache, `bundle-${name.replaceAll(/\W+/g, '-')}.cjs`);
const packagesFile = join(cache, `packages-${name.replaceAll(/\W+/g, '-')}.cjs`);
const HOW = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', write: false };

const { emitWarning } = process;
// Node says at the first import() that this loader is experimental: nothing that a user of the program could change.
process.emitWarning = (warning, ...rest) =>
  String(warning).startsWith('vm.USE_MAIN_CONTEXT') ? undefined : emitWarning.call(process, warning, ...rest);

function stateOf(file) {
  const { mtimeMs, size } = statSync(join(root, file));
  return `${mtimeMs} ${size}`;
}

const hashOf = (content) => createHash('sha1').update(content).digest('hex');

/** What was kept, where it is whole and its first line, which says whose it is, still true. */
function recall(file, isTrue) {
  try {
    const kept = readFileSync(file);
    const end = kept.indexOf('\n') + 1;
    const about = JSON.parse(String(kept.subarray(0, end)));
    const content = kept.subarray(end);
    return about.at === root && about.hash === hashOf(content) && isTrue(about) ? { about, content } : undefined;
  } catch {
    return undefined;
  }
}

/** @returns whether it could be kept */
function keep(file, about, content) {
  if (name.startsWith('..')) return false;
  const head = JSON.stringify({ ...about, at: root, hash: hashOf(content) });
  try {
    mkdirSync(cache, { recursive: true });
    // Two runs at once write the same: each beside it first, so that nobody reads the half of it.
    writeFileSync(`${file}.${process.pid}`, Buffer.concat([Buffer.from(`${head}\n`), content]));
    renameSync(`${file}.${process.pid}`, file);
    return true;
  } catch {
    // A checkout that may only be read, or a full disk: the next run takes its half second again.
    return false;
  }
}

/** The program, and the names of the packages that it imports. */
async function bundle() {
  const { buildSync } = await import('esbuild');
  const started = Date.now();
  const { outputFiles, metafile } = buildSync({
    ...HOW,
    absWorkingDir: root,
    entryPoints: [name],
    outfile,
    packages: 'external',
    sourcemap: 'inline',
    sourcesContent: false,
    metafile: true,
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
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const external = imports.filter((one) => one.external && one.kind === 'import-statement').map(({ path }) => path);
  const packages = [...new Set(external)].filter((path) => !Module.isBuiltin(path)).sort();
  const about = { of: name, states: Object.fromEntries(states), packages };
  const content = Buffer.from(outputFiles[0].contents);
  keep(outfile, about, content);
  return { about, content };
}

/** The packages as one file; nothing where they cannot be made one, or kept: then each is looked up as always. */
async function packagesOf({ packages }) {
  try {
    const of = [...packages, stateOf('node_modules/.package-lock.json'), stateOf('output/run-bundled.mjs')].join();
    const kept = recall(packagesFile, (about) => about.of === of);
    if (kept || packages.length === 0) return kept?.content;
    const { buildSync } = await import('esbuild');
    const contents = packages.map(
      (path) => `exports[${JSON.stringify(path)}] = () => require(${JSON.stringify(path)});`,
    );
    const stdin = { contents: contents.join('\n'), resolveDir: root };
    const content = Buffer.from(buildSync({ ...HOW, stdin, logLevel: 'silent' }).outputFiles[0].contents);
    return keep(packagesFile, { of }, content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a file as a module, and keeps what V8 compiled of it until it ends. */
function load(filename, text, require) {
  const of = `${process.version} ${process.arch} ${hashOf(text)}`;
  // Of what was compiled before, V8 does not know who imports for it: a program that imports later is compiled anew, in 20 ms.
  const isKept = filename !== outfile || !/\bimport\(/.test(text);
  const cachedData = isKept ? recall(`${filename}.code`, (about) => about.of === of)?.content : undefined;
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const script = new Script(Module.wrap(text), { filename, cachedData, importModuleDynamically });
  if (isKept && (cachedData === undefined || script.cachedDataRejected))
    process.once('exit', () => keep(`${filename}.code`, { of }, script.createCachedData()));
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, filename, cache);
  return module.exports;
}

/** As if the file stood where it is kept: its packages are looked up from there, and its stack traces show the sources. */
function run(text, packages) {
  const require = createRequire(outfile);
  const inside = packages === undefined ? {} : load(packagesFile, String(packages), require);
  const map = text.lastIndexOf('\n//# sourceMappingURL=');
  process.setSourceMapsEnabled(true);
  // A script has no map of its own, but a module of the same name has.
  const mapped = new Module(outfile);
  mapped.filename = outfile;
  mapped.paths = Module._nodeModulePaths(cache);
  mapped._compile(text.slice(map + 1), outfile);
  const look = (path) => (Object.hasOwn(inside, path) ? inside[path]() : mapped.require(path));
  try {
    load(outfile, text.slice(0, map), Object.assign(look, require));
  } catch (error) {
    console.error(`${told(error)}\nthe sources do not load; npm run types says more of such a mistake`);
    process.exit(1);
  }
}

/** What a source threw while it was loaded, with the sources that led there: the frames of Node and of this file say nothing to who wrote it. */
function told(error) {
  const frames = String(error?.stack).matchAll(/^ +at (?:.* \()?(.+:\d+:\d+)\)?$/gm);
  const places = [...frames].map(([, place]) => (place.startsWith(root) ? relative(root, place) : place));
  const [at = name, ...from] = places.filter((place) => !/^(?:node:|file:|node_modules|\.cache)/.test(place));
  return [`${at}: ${error}`, ...from.map((place) => `  from ${place}`)].join('\n');
}

let program;
let packages;
try {
  const isUnchanged = ({ of, states }) =>
    of === name && Object.entries(states).every(([source, state]) => stateOf(source) === state);
  program = recall(outfile, isUnchanged) ?? (await bundle());
  packages = await packagesOf(program.about);
} catch (error) {
  // esbuild has said what does not compile, and where.
  const why = error.errors ? 'the sources do not compile' : `${error.message}\nrun 'npm ci'`;
  console.error(`${why}; nothing was run`);
  process.exit(1);
}
run(String(program.content), packages);
