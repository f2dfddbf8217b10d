import { type Outcome, run } from './run.ts';

export class Git {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** The full id of a revision. Fails with a message for people when there is none. */
  async resolve(revision: string): Promise<string> {
    const { code, stdout } = await this.#git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
    if (code !== 0) throw new Error(`git knows no revision '${revision}': give a commit, a tag or a branch`);
    return stdout.trim();
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

  /** Paths that differ from the last commit or are new, as `git status` prints them. */
  async changes(): Promise<readonly string[]> {
    const { stdout } = await this.must('status', '--porcelain', '--untracked-files=all');
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
    throw new Error(`git ${args.join(' ')} failed in ${this.root}: ${outcome.stderr.trim()}`);
  }

  #git(...args: string[]): Promise<Outcome> {
    return run('git', args, { cwd: this.root });
  }
}
