import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readText } from '../input/parse.ts';
import { ask } from './ask.ts';
import { judgeOfThisMachine } from './judge.ts';
import type { Answer, Question } from './protocol.ts';

/** What a real API server of 1.34 answered to a strict server-side dry run, as kubectl printed it. */
const FOLDER = new URL('../fixtures/api-server/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');
const rows = read('verdicts.tsv')
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .map((line, index) => {
    const [file = '', verdict = '', words = ''] = line.split('\t');
    return { file, verdict, words, index };
  });

const program = judgeOfThisMachine().judge?.program('1.34');

/** kubectl says "The Pod "a" is invalid: " where the server says "Pod "a" is invalid: "; its words were cut at 200 characters. */
function reasonIn(words: string): string {
  return words.replace(/^Error from server: |^The \w+ "[^"]*" is invalid: /, '').slice(0, 100);
}

describe.skipIf(program === undefined)('objects that a real API server was asked about', () => {
  let replies: readonly Answer[] = [];
  beforeAll(() => {
    const questions = rows.map(({ file }): Question => {
      const { objects } = readText(file, read(file));
      return { ask: 'objects', objects: objects.map((object) => ({ object })) };
    });
    replies = ask(program ?? '', questions);
  });
  it.each(rows)('$file is $verdict', ({ verdict, words, index }) => {
    const answers = replies[index]?.answers ?? [];
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.some((answer) => answer.verdict === 'refused')).toBe(verdict === 'refused');
    expect(answers.map(({ message }) => message ?? '').join('\n')).toContain(reasonIn(words));
  });
});
