import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../root.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';

function run(source: string, ...args: string[]) {
  const program = join(temporaryFolder(), 'program.ts');
  writeFileSync(program, source);
  const { status, stdout, stderr } = spawnSync('node', [join(ROOT, 'output/run-bundled.mjs'), program, ...args], {
    encoding: 'utf8',
  });
  return { program, status, stdout, stderr };
}

const bundles = () => readdirSync(join(ROOT, '.cache')).filter((name) => name.startsWith('bundle-'));

describe('a program that is run as one file', () => {
  it('gets its arguments as if node had started it', () => {
    const { program, stdout } = run('console.log(JSON.stringify(process.argv.slice(1)));', 'dist', '--format', 'json');
    expect(JSON.parse(stdout)).toEqual([program, 'dist', '--format', 'json']);
  });

  it('shows lines of the sources where it throws, and leaves no file behind', () => {
    const before = bundles();
    const { program, status, stderr } = run(
      "type Unused = string;\n\nthrow new Error('as expected') satisfies Error;\n",
    );
    expect(status).toBe(1);
    expect(stderr).toContain(`${program}:3:7`);
    expect(bundles()).toEqual(before);
  });

  it('may ask where the project is, and not where the file is: there is only one', () => {
    expect(run('console.log(import.meta.dirname);').stdout.trim()).toBe(ROOT);
    const { status, stderr } = run("console.log(new URL('.', import.meta.url));");
    expect(status).toBe(1);
    expect(stderr).toContain('"import.meta" is not available');
  });
});
