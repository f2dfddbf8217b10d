import { spawnSync } from 'node:child_process';
import type { Answer, Question } from './protocol.ts';

/** What a call may take: 10,000 objects need less than ten seconds. */
const TIMEOUT_MS = 120_000;
const BYTES_AT_MOST = 512 * 1024 * 1024;

/** The judge could not answer: a broken program, or one of another version than this client. */
export class JudgeError extends Error {
  override readonly name = 'JudgeError';
}

/** Asks everything in one run of the program: one question a line, one answer a line, in the same order. */
export function ask(program: string, questions: readonly Question[]): readonly Answer[] {
  const input = questions.map((question, id) => `${JSON.stringify({ id, ...question })}\n`).join('');
  const { error, status, signal, stdout, stderr } = spawnSync(program, {
    input,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: BYTES_AT_MOST,
  });
  if (error !== undefined || status !== 0)
    throw new JudgeError(`${program}: ${error?.message ?? `ended with ${signal ?? status}: ${stderr.slice(0, 2000)}`}`);
  const answers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
  for (const answer of answers) {
    if (answer.error !== undefined) throw new JudgeError(`${program}: ${answer.error}`);
  }
  if (answers.length !== questions.length)
    throw new JudgeError(`${program}: ${questions.length} questions, ${answers.length} answers`);
  return answers;
}
