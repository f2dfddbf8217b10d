import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TASKS, type Task } from './tasks.ts';

const ROOT = join(import.meta.dirname, '..');
const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
const tasks: Readonly<Record<string, Task>> = TASKS;

/** The output of a script's program, run as npm would. */
async function output(script: string, ...args: readonly string[]): Promise<string> {
  const [program = '', ...words] = (scripts[script] ?? '').split(' ');
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`;
  const { stdout } = await promisify(execFile)(program, [...words, ...args], {
    cwd: ROOT,
    timeout: 15_000,
    env: { ...process.env, PATH: path },
  });
  return stdout;
}

describe('the commands of package.json', () => {
  it('are all in the list of npm run help, and nothing else is: edit delivery/tasks.ts', () => {
    expect(Object.keys(tasks).sort()).toEqual(Object.keys(scripts).sort());
  });

  it('are made of steps only where package.json hands them over', () => {
    const handed = Object.keys(scripts).filter((name) => scripts[name]?.endsWith(`delivery/task.ts ${name}`));
    const stepped = Object.keys(tasks).filter((name) => tasks[name]?.steps !== undefined);
    expect(handed.filter((name) => name !== 'help').sort()).toEqual(stepped.sort());
  });

  it('are listed by topic', async () => {
    const list = await output('help');
    for (const name of Object.keys(tasks).filter((task) => task !== 'start'))
      expect(list).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  });

  it.each(Object.keys(scripts).filter((name) => name !== 'start'))('%s explains itself with --help', async (name) => {
    const help = await output(name, '--help');
    expect(help.length).toBeGreaterThan(60);
    // tsc, biome and vitest are other people's programs, and document their own exit codes.
    if (!/^(node \S+tsc|biome|vitest) /.test(`${scripts[name]} `) && name !== 'help')
      expect(help).toMatch(/exit code|^Ends with/im);
  });
});
