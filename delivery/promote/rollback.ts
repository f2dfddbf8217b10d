import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environments } from '../../charts/environments/all.ts';
import type { Release } from '../../charts/plan/environment.ts';
import { runCommand, UsageError } from '../command.ts';
import { Git } from '../git.ts';
import { type Run, run } from '../run.ts';
import { dirt, prove, putBack } from './promote.ts';
import { readRelease, releasePath, releaseText } from './releases.ts';

const USAGE = `Takes an environment back to the release before, on a branch of its own, so that GitOps keeps it.

  npm run rollback -- production                 the release before the present one
  npm run rollback -- production --to 1.4.2      an earlier one that ran there
  ... --dry-run                                  says which one it would be, and writes nothing

Only the record of the release and what follows from it (dist/) change: whatever else was merged meanwhile stays.
`;

export interface RollbackRequest {
  readonly environment: string;
  /** The tag that ran. @default - the release before the present one */
  readonly to?: string | undefined;
  readonly dryRun: boolean;
}

/** A release that an environment ran, and the commit that brought it. */
interface Past {
  readonly release: Release;
  readonly commit: string;
}

/**
 * Commits the earlier release on a branch.
 * @returns what to show the person: what runs, what will, how to go on
 * @throws Error with the reason; the working tree is then as it was
 */
export async function rollback(
  { environment, to, dryRun }: RollbackRequest,
  { git, run: program }: { readonly git: Git; readonly run: Run },
): Promise<string> {
  const current = await readRelease(git.root, environment);
  const unclean = dryRun ? [] : await dirt(git);
  if (unclean.length > 0) throw new Error(unclean.join('\n'));
  const { release, commit } = await pastRelease(git, environment, { current, to });
  const change = `${environment}: ${current.tag} -> ${release.tag}, which ran until ${commit.slice(0, 10)}`;
  if (dryRun) return `${change}\nNothing was written.\n`;
  const branch = `rollback/${environment}-${release.tag}-from-${current.tag}`;
  const start = await git.branch();
  try {
    await git.must('switch', '--quiet', '--create', branch);
    await writeFile(join(git.root, releasePath(environment)), releaseText(release));
    await prove(git.root, program);
    await git.must('add', '--all');
    const reason = `It ran before ${current.tag} in ${environment}; commit ${commit.slice(0, 10)} replaced it.`;
    const subject = `release: ${environment} goes back to ${release.tag}`;
    await git.must('commit', '--quiet', '--message', subject, '--message', reason);
  } catch (error) {
    await putBack(git, program);
    await git.must('switch', '--quiet', start);
    await git.must('branch', '--quiet', '--delete', '--force', branch).catch(() => undefined);
    throw error;
  }
  return `${change}\nCommitted on ${branch}. To go on:\n  git push --set-upstream origin ${branch}\nand merge the pull request; Argo CD takes at most three minutes to see it.\n`;
}

/** The newest release of the record's history that is another than the present one, or the one that is asked for. */
async function pastRelease(
  git: Git,
  environment: string,
  { current, to }: { readonly current: Release; readonly to: string | undefined },
): Promise<Past> {
  const path = releasePath(environment);
  const seen: string[] = [];
  // Each commit in which the record changed, the newest first: what it held just before is what ran before.
  for (const { id: commit } of await git.history(path)) {
    const text = await git.text(`${commit}^`, path).catch(() => undefined);
    if (text === undefined) continue;
    const release: Release = JSON.parse(text);
    if (!seen.includes(release.tag)) seen.push(release.tag);
    const isOther = release.tag !== current.tag || release.digest !== current.digest;
    if (isOther && (to === undefined || to === release.tag)) return { release, commit };
  }
  const others = seen.filter((tag) => tag !== current.tag);
  throw new Error(
    to === undefined
      ? `${environment} has run nothing but ${current.tag}: there is nothing to go back to`
      : `${environment} never ran ${to}; it ran ${others.length === 0 ? `nothing but ${current.tag}` : others.join(', ')}`,
  );
}

if (process.argv[1]?.endsWith('rollback.ts'))
  await runCommand({
    name: 'rollback',
    usage: USAGE,
    options: { to: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
    main: async ({ values, positionals: [environment, ...rest] }) => {
      const names = environments.map(({ name }) => name);
      if (environment === undefined || !names.includes(environment) || rest.length > 0)
        throw new UsageError(`give one environment of ${names.join(', ')}`);
      const request = { environment, to: values.to, dryRun: values['dry-run'] };
      process.stdout.write(await rollback(request, { git: new Git(process.cwd()), run }));
      return 0;
    },
  });
