import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { TASKS, type Task } from './tasks.ts';

const ROOT = join(import.meta.dirname, '..');
const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
const tasks: Readonly<Record<string, Task>> = TASKS;

/** What is printed by a program of node_modules or of this repository. */
async function output(program: string, ...args: readonly string[]): Promise<string> {
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`;
  const { stdout } = await promisify(execFile)(program, args, {
    cwd: ROOT,
    timeout: 60_000,
    env: { ...process.env, PATH: path },
  });
  return stdout;
}

/** What every script prints with --help: those in TypeScript run in one process, the others each as npm would run it. */
async function helps(): Promise<Readonly<Record<string, string>>> {
  const words = Object.entries(scripts).map(([name, script]) => [name, script.split(' ')] as const);
  const isTypeScript = (command: readonly string[]) => command.slice(0, 3).join(' ') === 'node --import tsx';
  const ours = words.filter(([, command]) => isTypeScript(command)).map(([name, command]) => [name, command.slice(3)]);
  const theirs = words.filter(([name, command]) => name !== 'start' && !isTypeScript(command));
  const explained = output(
    'node',
    ...['--import', 'tsx', 'test/fixtures/explain-commands.ts', JSON.stringify(Object.fromEntries(ours))],
  );
  const others = theirs.map(async ([name, [program = '', ...args]]) => [
    name,
    await output(program, ...args, '--help'),
  ]);
  return { ...JSON.parse(await explained), ...Object.fromEntries(await Promise.all(others)) };
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

  describe('with --help', () => {
    let said: Readonly<Record<string, string>> = {};
    beforeAll(async () => {
      said = await helps();
    }, 60_000);

    it('are listed by topic', () => {
      for (const name of Object.keys(tasks).filter((task) => task !== 'start'))
        expect(said['help']).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    });

    it.each([
      ['diff', '--json'],
      ['plan', '--json'],
      ['doctor', '--json'],
      ['validate', '--format'],
    ])('%s, whose answer is data, offers it to programs by %s', (name, option) => {
      expect(said[name]).toContain(option);
    });

    it.each(Object.keys(scripts).filter((name) => name !== 'start'))('%s explains itself', (name) => {
      expect(said[name]?.length).toBeGreaterThan(60);
      // tsc, biome and vitest are other people's programs, and document their own exit codes.
      if (!/^(node \S+tsc|biome|vitest) /.test(`${scripts[name]} `) && name !== 'help')
        expect(said[name]).toMatch(/exit code|^Ends with/im);
    });
  });
});
