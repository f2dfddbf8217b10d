import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readFolder } from '../output/files.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..');

/** The sources in a folder of their own, for cdk8s-cli empties its output folder. */
function copyOfSources(): string {
  const copy = temporaryFolder();
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files.filter((file) => !file.startsWith('dist/'))) {
    cpSync(join(ROOT, file), join(copy, file), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function run(folder: string, program: string, ...args: string[]): void {
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false' };
  execFileSync(program, args, { cwd: folder, env, stdio: 'pipe' });
}

it('`npx cdk8s synth` and `npm run synth` write the same bytes, which are the committed ones', () => {
  const [byCli, byScript] = [copyOfSources(), copyOfSources()];
  run(byCli, 'npx', 'cdk8s', 'synth');
  run(byScript, 'npm', 'run', '--silent', 'synth');
  expect([...readFolder(join(byCli, 'dist')).keys()]).not.toEqual([]);
  expect(readFolder(join(byCli, 'dist'))).toEqual(readFolder(join(byScript, 'dist')));
  expect(readFolder(join(byScript, 'dist'))).toEqual(readFolder(join(ROOT, 'dist')));
});
