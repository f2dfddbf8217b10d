import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { ask, start } from './ask.ts';
import { prepare } from './process.ts';

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

it('has one process answer all that is asked of a program before somebody waits', () => {
  const folder = temporaryFolder();
  const file = program(
    `echo started >>${folder}/starts; while read -r line; do echo "$line" | cut -d, -f1 | tr -d '\n'; echo }; done`,
  );
  prepare(file);
  const waits = [start(file, [{ ask: 'version' }, { ask: 'version' }]), start(file, [{ ask: 'version' }])];
  expect(waits.map((wait) => wait())).toEqual([[{ id: 0 }, { id: 1 }], [{ id: 0 }]]);
  expect(ask(file, [{ ask: 'version' }])).toEqual([{ id: 0 }]);
  expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('started\nstarted\n');
});

it('tells everybody who waits why there is no answer', () => {
  const file = program('cat >/dev/null; echo no >&2; exit 4');
  const waits = [start(file, [{ ask: 'version' }]), start(file, [{ ask: 'version' }])];
  for (const wait of waits) expect(wait).toThrow('ended with 4: no');
});

it('starts a program anew that has ended before it was asked', async () => {
  const folder = temporaryFolder();
  const file = program(
    `[ -e ${folder}/once ] || { touch ${folder}/once; exit 5; }; while read -r line; do echo '{"id":0}'; done`,
  );
  const run = prepare(file);
  await vi.waitUntil(() => run.hasEnded, { timeout: 10_000 });
  expect(ask(file, [{ ask: 'version' }])).toEqual([{ id: 0 }]);
});

it('ends a program that does not answer', () => {
  const file = program('cat >/dev/null; while :; do read -r line; done');
  prepare(file, 100);
  expect(() => ask(file, [{ ask: 'version' }])).toThrow('ended by SIGTERM');
});

it('gives a program its time from the last question on, however long the caller reads before', async () => {
  const folder = temporaryFolder();
  const file = program(`sleep 2.1; touch ${folder}/late; while read -r line; do echo '{"id":0}'; done`);
  prepare(file, 2000);
  await vi.waitUntil(() => existsSync(join(folder, 'late')), { timeout: 20_000 });
  expect(ask(file, [{ ask: 'version' }])).toEqual([{ id: 0 }]);
}, 30_000);

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
