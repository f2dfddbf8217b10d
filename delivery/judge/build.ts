import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { MINORS, type Minor } from '../../guardrails/judge/locate.ts';
import { NOT_FOUND, type Run } from '../run.ts';
import { type Origin, writeDefinitions } from './definitions.ts';

/** A platform that a program runs on, as Go names it. */
export interface Target {
  readonly os: string;
  readonly architecture: string;
}

export interface BuildOptions {
  readonly minor: Minor;
  readonly target: Target;
  /** The Go module: `judge/`. */
  readonly module: string;
  /** Where programs are kept by their content. */
  readonly cache: string;
}

export interface Built {
  readonly program: string;
  /** Whether it stood there already. */
  readonly cached: boolean;
}

export class NoGo extends Error {
  override readonly name = 'NoGo';
}

/** Where a build of these sources is, or will be. */
export function programPath({ minor, target, module, cache }: BuildOptions): string {
  const key = keyOf(sourcesOf(module), minor, `${target.os}/${target.architecture}`);
  return join(cache, key, `judge-${minor}`);
}

/** Builds the judge of one minor, unless the same sources were built before. */
export async function buildJudge(options: BuildOptions, run: Run): Promise<Built> {
  const program = programPath(options);
  if (existsSync(program)) return { program, cached: true };
  const work = `${program}.${process.pid}.build`;
  mkdirSync(work, { recursive: true });
  try {
    await compile(options, work, run);
    renameSync(join(work, 'judge'), program);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return { program, cached: false };
}

/** Makes a program the one that the client finds in its folder. */
export function installProgram(program: string, minor: Minor, folder: string): string {
  const link = join(folder, `judge-${minor}`);
  mkdirSync(folder, { recursive: true });
  const fresh = `${link}.${process.pid}`;
  symlinkSync(program, fresh);
  renameSync(fresh, link);
  return link;
}

async function compile(options: BuildOptions, work: string, run: Run): Promise<void> {
  const sources = sourcesOf(options.module);
  for (const [name, content] of sources) writeFileSync(join(work, name), content);
  const go = goIn(work, options.target, run);
  const origins = JSON.parse(String(sources.get('definitions.json'))) as readonly Origin[];
  const fetched = [];
  for (const origin of origins) {
    const answer = await go('mod', 'download', '-json', `${origin.module}@${origin.version}`);
    fetched.push({ ...origin, folder: (JSON.parse(answer) as { readonly Dir: string }).Dir });
  }
  writeDefinitions(fetched, join(work, 'crds'));
  await go('build', ...FLAGS, ...minorFlags(options.minor), '-o', 'judge', '.');
}

/** The Go command in a folder. The toolchain that go.mod names is fetched where the machine's is older. */
function goIn(cwd: string, { os, architecture }: Target, run: Run) {
  const env = { GOTOOLCHAIN: 'auto', GOFLAGS: '', CGO_ENABLED: '0', GOOS: os, GOARCH: architecture, GOWORK: 'off' };
  return async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run('go', args, { cwd, env, timeoutMs: 3_600_000 });
    if (code === NOT_FOUND) throw new NoGo('there is no Go on this machine');
    if (code !== 0) throw new Error(`go ${args.slice(0, 2).join(' ')} failed:\n${stderr}`);
    return stdout;
  };
}

/** Flags of every build: the same sources give the same bytes on every machine. */
export const FLAGS: readonly string[] = [
  '-trimpath',
  '-buildvcs=false',
  '-ldflags',
  '-s -w -buildid= -checklinkname=0',
];

/** What distinguishes the build of a minor: the newest has the module's own go.mod, an older one a file beside it. */
export function minorFlags(minor: Minor): readonly string[] {
  return minor === MINORS[0] ? [] : ['-modfile', `go.${minor}.mod`, '-tags', `k${minor.replace('1.', '1')}`];
}

/** The files of the Go module that go into a program, by name. */
export function sourcesOf(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder).filter((name) => /\.(go|mod|sum|json)$/.test(name) && !name.endsWith('_test.go'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name))]));
}

/** A name for a build's content: the same sources, flags, minor and target are the same program. */
export function keyOf(sources: ReadonlyMap<string, Buffer>, minor: Minor, target: string): string {
  const hash = createHash('sha256').update(JSON.stringify([FLAGS, minorFlags(minor), target]));
  for (const [name, content] of sources) hash.update(`\0${name}\0`).update(content);
  return hash.digest('hex').slice(0, 16);
}
