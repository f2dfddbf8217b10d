import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Release } from '../../charts/plan/environment.ts';
import { renderConsole } from '../diff/console.ts';
import { reportOf } from '../diff/report.ts';
import { DIST, sinceRevision } from '../diff/sides.ts';
import type { Git } from '../git.ts';
import type { Run } from '../run.ts';
import { readRelease, readReleases, releasePath, releaseText } from './releases.ts';
import { type PromoteRequest, refusals } from './request.ts';

/** Everything that a promotion may write, and nothing else is put back when it fails. */
const WRITTEN = ['charts/releases', DIST, 'compose.yaml', 'docs'];

/** What proves a promotion before anyone sees it: the same two commands that a person runs. */
const PROOFS: readonly (readonly [string, readonly string[]])[] = [
  ['synthesis', ['run', '--silent', 'synth']],
  ['the guardrails', ['run', '--silent', 'validate', '--', DIST]],
];

export interface PromoteOptions {
  readonly git: Git;
  readonly run: Run;
}

/**
 * Puts a release into an environment's record and dist/.
 * @returns what to tell the person: the change, and how to go on
 * @throws Error with every refusal; the working tree is then as it was
 */
export async function promote(request: PromoteRequest, { git, run }: PromoteOptions): Promise<string> {
  const { environment, source } = request;
  const current = await readRelease(git.root, environment);
  const wanted = 'from' in source ? await readRelease(git.root, source.from) : source;
  const reasons = [
    ...refusals({ current, recorded: await readReleases(git.root) }, wanted, request),
    ...(await dirt(git)),
  ];
  if (reasons.length > 0) throw new Error(`${environment} stays at ${current.tag}:\n- ${reasons.join('\n- ')}`);
  const release: Release = { tag: wanted.tag ?? '', digest: wanted.digest ?? null };
  if (release.tag === current.tag && release.digest === current.digest)
    return `${environment} runs ${release.tag} already: nothing to do\n`;
  try {
    await writeFile(join(git.root, releasePath(environment)), releaseText(release));
    await prove(git.root, run);
    const report = reportOf(await sinceRevision(git, 'HEAD'));
    return `${environment}: ${current.tag} -> ${release.tag}\n\n${renderConsole(report)}\n${nextSteps(request, release)}`;
  } catch (error) {
    await putBack(git, run);
    throw error;
  }
}

async function dirt(git: Git): Promise<readonly string[]> {
  const changes = await git.changes();
  if (changes.length === 0) return [];
  const shown = changes.slice(0, 10).map((change) => `  ${change}`);
  return [
    `the working tree has changes that would be mixed with the promotion; commit or stash them:\n${shown.join('\n')}`,
  ];
}

async function prove(root: string, run: Run): Promise<void> {
  for (const [name, args] of PROOFS) {
    const { code, stdout, stderr } = await run('npm', args, { cwd: root });
    if (code !== 0) throw new Error(`${name} refused the release, nothing was changed:\n${stdout}${stderr}`);
  }
}

/** The tree was clean before, so whatever differs now in what a promotion writes was written by it. */
async function putBack(git: Git, run: Run): Promise<void> {
  const ours = (await git.changes()).filter((change) => WRITTEN.some((path) => change.slice(3).startsWith(path)));
  const fresh = ours.filter((change) => change.startsWith('??')).map((change) => change.slice(3));
  const known = ours.filter((change) => !change.startsWith('??')).map((change) => change.slice(3));
  for (const path of fresh) await rm(join(git.root, path), { force: true });
  if (known.length > 0) await run('git', ['checkout', '--quiet', 'HEAD', '--', ...known], { cwd: git.root });
}

function nextSteps({ environment }: PromoteRequest, { tag }: Release): string {
  return [
    'Nothing is committed yet. To go on, on a branch:',
    `  git commit --all --message "release: ${environment} runs ${tag}"`,
    'To go back:',
    `  git checkout HEAD -- ${WRITTEN.join(' ')}`,
    '',
  ].join('\n');
}
