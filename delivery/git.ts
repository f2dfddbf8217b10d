import { NOT_FOUND, type Outcome, run } from './run.ts';

export class Git {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** The full id of a revision. Fails with a message for people when there is none. */
  async resolve(revision: string): Promise<string> {
    const { code, stdout } = await this.#git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
    if (code === 0) return stdout.trim();
    const isShallow = (await this.must('rev-parse', '--is-shallow-repository')).stdout.trim() === 'true';
    const fix = isShallow ? 'this clone is shallow: git fetch --unshallow' : 'give a commit, a tag or a branch';
    throw new Error(`git knows no revision '${revision}': ${fix}`);
  }

  async files(revision: string, folder: string): Promise<readonly string[]> {
    const { stdout } = await this.must('ls-tree', '-r', '--name-only', '-z', revision, '--', folder);
    return stdout.split('\0').filter((path) => path !== '');
  }

  async text(revision: string, path: string): Promise<string> {
    return (await this.must('show', `${revision}:${path}`)).stdout;
  }

  /** Commits of the current branch that changed a path, newest first, with the time at which each was committed. */
  async history(path: string): Promise<readonly { readonly id: string; readonly time: Date }[]> {
    const { stdout } = await this.must('log', '--first-parent', '--format=%H %cI', '--', path);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => ({ id: line.slice(0, 40), time: new Date(line.slice(41)) }));
  }

  /** Paths that differ from the last commit or are new, as `git status` prints them. @param paths where to look; everywhere without any */
  async changes(...paths: readonly string[]): Promise<readonly string[]> {
    const { stdout } = await this.must('status', '--porcelain', '--untracked-files=all', '--', ...paths);
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** The branch that is checked out; the commit where none is. */
  async branch(): Promise<string> {
    const { stdout } = await this.must('rev-parse', '--abbrev-ref', 'HEAD');
    return stdout.trim() === 'HEAD' ? this.resolve('HEAD') : stdout.trim();
  }

  /** Runs git. Fails with what it said. */
  async must(...args: string[]): Promise<Outcome> {
    const outcome = await this.#git(...args);
    if (outcome.code === 0) return outcome;
    if (/not a git repository/.test(outcome.stderr))
      throw new Error(`${this.root} is not a git repository: this needs its history, so clone it with git`);
    throw new Error(`git ${args.join(' ')} failed in ${this.root}: ${outcome.stderr.trim()}`);
  }

  async #git(...args: string[]): Promise<Outcome> {
    // In English: must() reads what git says.
    const outcome = await run('git', args, { cwd: this.root, env: { LC_ALL: 'C' } });
    if (outcome.code === NOT_FOUND) throw new Error('git is not installed, or not on the PATH');
    return outcome;
  }
}
