import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { begin, start } from './ask.ts';

const QUESTION = { ask: 'objects', assume: true } as const;
const [ONE, TWO, OTHER] = [{ kind: 'One' }, { kind: 'Two' }, { kind: 'Other' }];

let folder = '';
let program = '';

/** What each run of the program was asked, in its order. */
const asked = () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('started\n').slice(1);

beforeEach(() => {
  folder = temporaryFolder();
  program = join(folder, 'judge');
  const body = `(echo started; cat) >${folder}/$$; cat ${folder}/$$ >>${folder}/asked; echo '{"id":0,"answers":[]}'`;
  writeFileSync(program, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
});

it('asks in one run about what was sent ahead and about the rest', () => {
  begin(program, QUESTION)([ONE]);
  const wait = start(program, [{ ...QUESTION, objects: [{ object: ONE }, { object: TWO, previous: ONE }] }]);
  expect(wait()).toEqual([{ id: 0, answers: [] }]);
  const [first = '', ...others] = asked();
  expect(others).toEqual([]);
  const [question = '', ...objects] = first.split('\n');
  expect(JSON.parse(question)).toEqual({ id: 0, ...QUESTION, follow: true });
  expect(objects.slice(0, 2)).toEqual([JSON.stringify(ONE), JSON.stringify([{ object: TWO, previous: ONE }])]);
});

it.each([
  ['another object', { ...QUESTION, objects: [{ object: OTHER }] }],
  ['no such object', { ...QUESTION, objects: [] }],
  ['what it would replace', { ...QUESTION, objects: [{ object: ONE, previous: TWO }] }],
  ['another question', { ask: 'objects', objects: [{ object: ONE }] } as const],
])('asks anew where it is asked about %s than was sent ahead', (_what, question) => {
  begin(program, QUESTION)([ONE]);
  expect(start(program, [question])()).toEqual([{ id: 0, answers: [] }]);
  const { objects, ...rest } = question;
  expect(JSON.parse(asked().at(-1)?.split('\n')[0] ?? '')).toEqual({ id: 0, ...rest, follow: true });
  expect(asked().at(-1)).toContain(objects.map(({ object }) => JSON.stringify(object)).join('\n'));
});

it('sends whole what would be taken for something else on a line of its own', () => {
  const objects = [{ object: [ONE] }, { text: 'kind: One' }, {}];
  start(program, [{ ask: 'objects', objects }])();
  const lines = asked()[0]?.split('\n').slice(1) ?? [];
  expect(lines.map((line) => JSON.parse(line))).toEqual(objects.map((one) => [one]));
});
