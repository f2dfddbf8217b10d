import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../delivery/run.ts';
import { repositoryCopy } from '../test/repository-copy.ts';
import type { TemporaryRepository } from '../test/temporary-repository.ts';

/** Commits in a copy of this repository, with the hook on. */
describe('the pre-commit hook', () => {
  let repository: TemporaryRepository;
  const shell = (program: string, ...args: string[]) => run(program, args, { cwd: repository.root });

  beforeAll(async () => {
    repository = repositoryCopy();
    await shell('npm', 'run', '--silent', 'hooks');
    return () => repository.remove();
  });
  afterEach(async () => {
    await shell('git', 'reset', '--quiet', '--hard');
    await shell('git', 'clean', '--quiet', '--force', '-d');
  });

  const committing = async (files: Readonly<Record<string, string | null>>) => {
    repository.write(files);
    await shell('git', 'add', '--all');
    return shell('git', 'commit', '--quiet', '--message', 'test');
  };

  it('lets a good change through', async () => {
    const { code, stderr } = await committing({ 'notes.md': '# Notes\n' });
    expect(stderr).not.toContain('pre-commit:');
    expect(code).toBe(0);
  });

  it.each([
    [
      'a secret',
      {
        'deploy.txt': `key ${['AKIA', 'Z7QJX3WPLT5NMVRB'].join('')} ${['ghp', 'c3V9YkQ2dG1xUnB6WnJ4T2hMd0ZqS2VVYk5h'].join('_')}\n`,
      },
      'a secret would be committed',
    ],
    ['a last line without an end', { 'notes.md': '# Notes' }, 'a file has no line end at its end'],
    ['YAML that cannot be read', { 'x.yaml': 'a: [1\nb: 2\n' }, 'a YAML file cannot be read: x.yaml: YAMLParseError: '],
    ['a file that is not formatted', { 'guardrails/x.ts': 'export  const x = "1"\n' }, 'lint and format'],
    ['a wrong type', { 'guardrails/x.ts': "export const x: number = '1';\n" }, 'the types do not hold'],
    ['a file that others need, gone', { 'guardrails/suggest.ts': null }, 'the types do not hold'],
    [
      'code without the manifests that follow from it',
      { 'charts/releases/dev.json': '{\n  "tag": "1.0.9",\n  "digest": null\n}\n' },
      'dist/ is not what the code says',
    ],
  ])('refuses %s', async (_name, files, message) => {
    const { code, stderr, stdout } = await committing(files);
    expect(`${stdout}${stderr}`).toContain(message);
    expect(code).toBe(1);
  });
});
