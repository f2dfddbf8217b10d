import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { TemporaryRepository } from '../test/temporary-repository.ts';
import { Git } from './git.ts';

describe('git', () => {
  const repository = new TemporaryRepository();
  afterAll(() => repository.remove());
  const first = repository.commit({ 'a.txt': 'first' });
  repository.commit({ 'a.txt': 'second' });

  it('says that it does not know a revision, and what to do in a clone that is shallow', async () => {
    await expect(repository.git.resolve('nowhere')).rejects.toThrow(
      "git knows no revision 'nowhere': give a commit, a tag or a branch",
    );
    const folder = temporaryFolder();
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${repository.root}`, folder]);
    await expect(new Git(folder).resolve(first)).rejects.toThrow('this clone is shallow: git fetch --unshallow');
  });

  it('says that a folder is not a repository', async () => {
    const folder = temporaryFolder();
    await expect(new Git(folder).resolve('HEAD')).rejects.toThrow(`${folder} is not a git repository`);
    await expect(new Git(folder).changes()).rejects.toThrow(`${folder} is not a git repository`);
  });

  it('says that it is not installed', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    await expect(repository.git.resolve('HEAD')).rejects.toThrow('git is not installed, or not on the PATH');
    vi.unstubAllEnvs();
  });

  it('tells what has changed below the given paths alone', async () => {
    repository.write({ 'a.txt': 'third', 'b/new.txt': '' });
    expect(await repository.git.changes()).toEqual([' M a.txt', '?? b/new.txt']);
    expect(await repository.git.changes('b')).toEqual(['?? b/new.txt']);
  });
});
