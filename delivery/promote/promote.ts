import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environments } from '../../charts/environments/all.ts';
import type { Release } from '../../charts/plan/environment.ts';
import { project } from '../../charts/project.ts';
import { renderConsole } from '../diff/render.ts';
import { reportOf } from '../diff/report.ts';
import { DIST, sinceRevision } from '../diff/snapshot.ts';
import type { Git } from '../git.ts';
import type { Run } from '../run.ts';
import { evidenceOf, type Witnesses } from './evidence.ts';
import { readRelease, readReleases, releasePath, releaseText } from './releases.ts';
import { isOlder, type PromoteRequest, refusals } from './request.ts';

/** Everything that a promotion may write, and nothing else is put back when it fails. */
const WRITTEN = ['charts/releases', DIST, 'compose.yaml', 'compose.gateway.yaml', 'docs', '.env.'];

/** What proves a promotion before anyone sees it: the same two commands that a person runs. */
const PROOFS: readonly (readonly [string, readonly string[]])[] = [
  ['synthesis', ['run', '--silent', 'synth']],
  ['the guardrails', ['run', '--silent', 'validate', '--', DIST]],
];

/**
 * Puts a release into an environment's record and dist/, once it is proven.
 * @returns what to show the person: the change, and how to go on
 * @throws Error with every refusal; the working tree is then as it was
 */
export async function promote(request: PromoteRequest, witnesses: Witnesses): Promise<string> {
  const { environment, source } = request;
  const { git, run } = witnesses;
  const current = await readRelease(git.root, environment);
  const wanted = 'from' in source ? await readRelease(git.root, source.from) : source;
  const reasons = [
    ...refusals({ current, recorded: await readReleases(git.root) }, wanted, request),
    ...(await dirt(git)),
  ];
  if (reasons.length > 0) throw new Error(`${environment} stays at ${current.tag}:\n- ${reasons.join('\n- ')}`);
  const release = { tag: wanted.tag ?? '', digest: wanted.digest ?? '' };
  if (release.tag === current.tag && release.digest === current.digest)
    return `${environment} runs ${release.tag} already: nothing to do\n`;
  const evidence = await proven(request, { release, backwards: isOlder(release.tag, current) }, witnesses);
  try {
    await writeFile(join(git.root, releasePath(environment)), releaseText(release));
    await prove(git.root, run);
    const report = reportOf(await sinceRevision(git, 'HEAD'));
    const proofs = evidence.map((sentence) => `- ${sentence}`).join('\n');
    const message = `release: ${environment} runs ${release.tag}\n\nIt ran ${current.tag} before. Proven:\n${proofs}\n`;
    if (request.report !== undefined) await writeFile(request.report, message);
    const change = `${environment}: ${current.tag} -> ${release.tag}`;
    return `${change}\n${proofs}\n\n${renderConsole(report)}\n${nextSteps(request, release)}`;
  } catch (error) {
    await putBack(git, run);
    throw error;
  }
}

function proven(
  { environment: name, emergency, registry }: PromoteRequest,
  change: { readonly release: { readonly tag: string; readonly digest: string }; readonly backwards: boolean },
  witnesses: Witnesses,
): Promise<readonly string[]> {
  const environment = environments.find((one) => one.name === name);
  if (environment === undefined) throw new Error(`there is no environment '${name}'`);
  if (registry !== undefined && environment.promotion !== undefined)
    throw new Error(`--registry: ${name} takes only what the image's own registry has`);
  const image = registry === undefined ? project.image : project.image.replace(/^[^/]+/, registry);
  return evidenceOf({ project: { ...project, image }, environments, environment, emergency, ...change }, witnesses);
}

/** Why the working tree is not clean; empty when it is. */
export async function dirt(git: Git): Promise<readonly string[]> {
  const changes = await git.changes();
  if (changes.length === 0) return [];
  const shown = changes.slice(0, 10).map((change) => `  ${change}`);
  return [
    `the working tree has changes that would be mixed with the promotion; commit or stash them:\n${shown.join('\n')}`,
  ];
}

export async function prove(root: string, run: Run): Promise<void> {
  for (const [name, args] of PROOFS) {
    const { code, stdout, stderr } = await run('npm', args, { cwd: root });
    if (code !== 0) throw new Error(`${name} refused the release, nothing was changed:\n${stdout}${stderr}`);
  }
}

/** The tree was clean before, so whatever differs now in what a promotion writes was written by it. */
export async function putBack(git: Git, run: Run): Promise<void> {
  const ours = (await git.changes()).filter((change) => WRITTEN.some((path) => change.slice(3).startsWith(path)));
  const fresh = ours.filter((change) => change.startsWith('??')).map((change) => change.slice(3));
  const known = ours.filter((change) => !change.startsWith('??')).map((change) => change.slice(3));
  for (const path of fresh) await rm(join(git.root, path), { force: true });
  if (known.length > 0) await run('git', ['checkout', '--quiet', 'HEAD', '--', ...known], { cwd: git.root });
}

function nextSteps({ environment, report }: PromoteRequest, { tag }: Pick<Release, 'tag'>): string {
  return [
    'Nothing is committed yet. To go on, on a branch:',
    `  git commit --all ${report === undefined ? `--message "release: ${environment} runs ${tag}"` : `--file ${report}`}`,
    'To go back:',
    `  git checkout HEAD -- ${WRITTEN.map((path) => (path.endsWith('.') ? `'${path}*'` : path)).join(' ')}`,
    '',
  ].join('\n');
}
