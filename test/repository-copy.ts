import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryRepository } from './temporary-repository.ts';

const ROOT = join(import.meta.dirname, '..');

/** This very repository, uncommitted files included, as a repository of its own: for suites that commit. */
export function repositoryCopy(): TemporaryRepository {
  const copy = new TemporaryRepository();
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const path of list.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name))))
    cpSync(join(ROOT, path), join(copy.root, path));
  symlinkSync(join(ROOT, 'node_modules'), join(copy.root, 'node_modules'));
  copy.write({ '.git/info/exclude': 'node_modules\n' });
  copy.commit({});
  return copy;
}
