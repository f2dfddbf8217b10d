import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { ask, start } from './ask.ts';

/** A program that stands in for the judge. */
function program(body: string): string {
  const file = join(temporaryFolder(), 'judge');
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return file;
}

it('runs beside the caller, and hands the answers over when they are asked for', () => {
  const folder = temporaryFolder();
  const go = join(folder, 'go');
  const wait = start(
    program(`until [ -e ${go} ]; do sleep 0.01; done\nn=0; while read -r line; do echo '{"id":'$n'}'; n=1; done`),
    [{ ask: 'version' }, { ask: 'version' }],
  );
  // The program waits for what only a caller that was not stopped can do.
  writeFileSync(go, '');
  expect(wait()).toEqual([{ id: 0 }, { id: 1 }]);
});

it.each([
  ['exit 3', 'ended with 3'],
  ['cat >/dev/null; echo no >&2; exit 1', 'no'],
  ['cat >/dev/null', '1 questions, 0 answers'],
  ['cat >/dev/null; echo \'{"id":1}\'', '1 questions, 1 answers, not in their order'],
  ['cat >/dev/null; echo \'{"id":0,"error":"unknown question"}\'', 'unknown question'],
])('says what a broken program did: %s', (body, words) => {
  expect(() => ask(program(body), [{ ask: 'version' }])).toThrow(words);
});

it('says what keeps a program from starting, also where that is no event', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => ask(join(file, 'judge'), [{ ask: 'version' }])).toThrow('ENOTDIR');
});

it('says that there is no such program', () => {
  expect(() => ask('/nowhere/judge', [{ ask: 'version' }])).toThrow('ENOENT');
});
