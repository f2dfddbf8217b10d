import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { environments } from '../../charts/environments/all.ts';
import { judgeFolder, MINORS, type Minor, minorFor } from '../../guardrails/judge/locate.ts';
import { runCommand, UsageError } from '../command.ts';
import { run } from '../run.ts';
import { type BuildOptions, buildJudge, installProgram, NoGo, programPath, type Target } from './build.ts';
import { assetName, fetchJudge, formatChecksums, parseChecksums, TARGETS } from './release.ts';

const ROOT = join(import.meta.dirname, '../..');
const USAGE = `usage: npm run judge -- [--minor 1.34] [--os linux --architecture arm64] [--release FOLDER --from URL]

Builds the judge of the newest Kubernetes minor and of those that the environments name (--minor for one) with Go 1.26 or newer, or takes the release's program by checksum where there is no Go.
--release builds for every platform into a folder, with the checksums.txt that goes into judge/ of the repository.
`;
const GO_ARCHITECTURE: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'quotes-platform', 'judge');
const here: Target = { os: process.platform, architecture: GO_ARCHITECTURE[process.arch] ?? process.arch };

/** Builds where there is Go, else takes what the release built; says where the program is, where it is from and how long it took. */
async function provide(minor: Minor, target: Target): Promise<void> {
  const start = performance.now();
  const options: BuildOptions = { minor, target, module: join(ROOT, 'judge'), cache: CACHE };
  const { program, from } = await buildJudge(options, run).then(
    ({ program, cached }) => ({ program, from: cached ? 'built before from the same sources' : 'built by Go' }),
    async (error: unknown) => {
      if (!(error instanceof NoGo)) throw error;
      return { program: programPath(options), from: await fromRelease(minor, target, programPath(options)) };
    },
  );
  const native = target.os === here.os && target.architecture === here.architecture;
  const shown = native ? installProgram(program, minor, judgeFolder()) : program;
  console.log(`judge ${minor}: ${shown} (${from}, ${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

async function fromRelease(minor: Minor, target: Target, program: string): Promise<string> {
  const file = join(ROOT, 'judge/checksums.txt');
  const known = existsSync(file) ? parseChecksums(readFileSync(file, 'utf8')) : undefined;
  if (known === undefined)
    throw new Error('there is no Go on this machine and no release of the judge yet: install Go 1.26 or newer');
  return `the release's, ${await fetchJudge(assetName(minor, target), known, program)}`;
}

/** Builds what a release attaches, and the checksums by which it is known. */
async function release(minors: readonly Minor[], folder: string, from: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const names: string[] = [];
  for (const minor of minors) {
    for (const target of TARGETS) {
      const { program } = await buildJudge({ minor, target, module: join(ROOT, 'judge'), cache: CACHE }, run);
      names.push(assetName(minor, target));
      copyFileSync(program, join(folder, assetName(minor, target)));
    }
  }
  writeFileSync(join(folder, 'checksums.txt'), formatChecksums(folder, names, from));
}

await runCommand({
  name: 'judge',
  usage: USAGE,
  options: {
    minor: { type: 'string' },
    os: { type: 'string' },
    architecture: { type: 'string' },
    release: { type: 'string' },
    from: { type: 'string' },
  },
  main: async ({ values }) => {
    const needed = new Set([minorFor(undefined), ...environments.map((one) => minorFor(one.kubernetesVersion))]);
    const minors = MINORS.filter((minor) => (values.minor === undefined ? needed.has(minor) : minor === values.minor));
    if (minors.length === 0) throw new UsageError(`--minor ${values.minor}: there is ${MINORS.join(' and ')}`);
    if (values.release !== undefined && values.from !== undefined) await release(minors, values.release, values.from);
    else
      for (const minor of minors)
        await provide(minor, { os: values.os ?? here.os, architecture: values.architecture ?? here.architecture });
    return 0;
  },
});
