import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { ask } from './ask.ts';
import { keep } from './kept.ts';
import type { Question } from './protocol.ts';

const VERSION: Question = { ask: 'version' };
let folder = '';
let program = '';

/** How often the program in the cache was run: it writes a letter each time. */
const runs = () => readFileSync(`${program}.runs`, 'utf8').length;
const answers = () => readdirSync(join(folder, 'answers')).map((name) => join(folder, 'answers', name));

beforeEach(() => {
  const cache = temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.stubEnv('CI', undefined);
  folder = join(cache, 'manifest-guardrails');
  mkdirSync(folder);
  program = join(folder, 'judge-1.34');
  const body = `printf x >>${program}.runs; n=0; while read -r line; do echo '{"id":'$n'}'; n=$((n + 1)); done`;
  writeFileSync(program, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  writeFileSync(`${program}.runs`, '');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

it('asks the same question of the same program once', () => {
  expect(ask(program, [VERSION])).toEqual([{ id: 0 }]);
  expect(ask(program, [VERSION])).toEqual([{ id: 0 }]);
  expect(runs()).toBe(1);
  ask(program, [VERSION, VERSION]);
  expect(runs()).toBe(2);
});

it('asks another build anew', () => {
  ask(program, [VERSION]);
  utimesSync(program, 1, 1);
  ask(program, [VERSION]);
  expect(runs()).toBe(2);
});

it.each(['', '{"id":0', '{"id":0}\n{"id":0}\n', 'no answer'])(
  'asks again where what is kept is damaged: "%s"',
  (text) => {
    ask(program, [VERSION]);
    for (const file of answers()) writeFileSync(file, text);
    expect(ask(program, [VERSION])).toEqual([{ id: 0 }]);
    expect(runs()).toBe(2);
  },
);

it('answers where nothing can be kept, and keeps what others may not read', () => {
  writeFileSync(join(folder, 'answers'), 'a file in the place of the folder');
  expect(ask(program, [VERSION])).toEqual([{ id: 0 }]);
  rmSync(join(folder, 'answers'));
  ask(program, [VERSION]);
  expect(answers().map((file) => statSync(file).mode & 0o777)).toEqual([0o600]);
  expect(runs()).toBe(2);
});

it('asks each time in CI, and of a program that was not installed', () => {
  vi.stubEnv('CI', 'true');
  ask(program, [VERSION]);
  ask(program, [VERSION]);
  vi.stubEnv('CI', undefined);
  vi.stubEnv('XDG_CACHE_HOME', temporaryFolder());
  ask(program, [VERSION]);
  ask(program, [VERSION]);
  expect(runs()).toBe(4);
});

it('keeps the latest answers within its bounds', () => {
  const large = 'x'.repeat(30 * 1024 * 1024);
  for (const [index, name] of ['first', 'second', 'third'].entries()) {
    keep(join(folder, 'answers', name), large);
    utimesSync(join(folder, 'answers', name), index, index);
  }
  expect(answers().map((file) => file.split('/').at(-1))).toEqual(['second', 'third']);
});
