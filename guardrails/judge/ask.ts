import type { Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import { isRecord } from '../field.ts';
import { hashOf, isKept, keep, placeOf } from './kept.ts';
import { JudgeError, prepare, prepareAlone, type Run } from './process.ts';
import type { Answer, Candidate, ObjectsQuestion, Question } from './protocol.ts';

/** Of a large question no more than so many characters are in memory beside its objects. */
const PIECE = 1024 * 1024;

/** Lines on their way to a program, in pieces. Where answers are kept it may not have to be asked: then they wait. */
class Lines {
  /** What has been written of the objects of one question. */
  readonly objects: unknown[] = [];
  readonly #hash: Hash | undefined;
  readonly #run: Run | undefined;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  #text = '';

  constructor(program: string, run?: Run) {
    this.#hash = isKept(program) ? hashOf(program) : undefined;
    this.#run = run ?? (this.#hash === undefined ? prepare(program) : undefined);
  }

  write(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= PIECE) this.#flush();
  }

  writeObject({ object, ...more }: Candidate): void {
    this.objects.push(object);
    const isAlone = isRecord(object) && Object.keys(more).length === 0;
    this.write(JSON.stringify(isAlone ? object : [{ object, ...more }]));
  }

  #flush(): void {
    const piece = new TextEncoder().encode(this.#text);
    this.#text = '';
    this.#hash?.update(piece);
    if (this.#run) this.#run.send(piece);
    else this.#waiting.push(piece);
  }

  /** Where the answers to all of it are kept, or will be. */
  end(): string | undefined {
    this.#flush();
    return this.#hash && placeOf(this.#hash);
  }

  ask(program: string, questions: number): () => readonly string[] {
    const run = this.#run ?? prepare(program);
    for (const piece of this.#waiting) run.send(piece);
    return run.expect(questions);
  }
}

/** Questions of which the objects are not all known yet, by their programs. */
const begun = new Map<string, { readonly first: string; readonly lines: Lines }>();

/**
 * Begins a question that `start` asks later, and sends its objects as they come: the program looks at them while its caller reads on.
 * @returns what takes the next objects
 */
export function begin(
  program: string,
  question: Omit<ObjectsQuestion, 'objects'>,
): (objects: readonly unknown[]) => void {
  const lines = new Lines(program, prepareAlone(program));
  const first = firstLine(0, question);
  lines.write(first);
  begun.set(program, { first, lines });
  return (objects) => {
    for (const object of objects) lines.writeObject({ object });
  };
}

function firstLine(id: number, question: object): string {
  return JSON.stringify({ id, ...question, follow: true });
}

/** The lines that were sent ahead, where these questions begin with the same. */
function takeBegun(program: string, [question, ...others]: readonly Question[]): Lines | undefined {
  const found = begun.get(program);
  begun.delete(program);
  if (found === undefined || question?.ask !== 'objects' || others.length > 0) return undefined;
  const { objects, ...rest } = question;
  const isSame = (object: unknown, index: number) =>
    objects[index]?.object === object && objects[index]?.previous === undefined && !('text' in (objects[index] ?? {}));
  return firstLine(0, rest) === found.first && found.lines.objects.every(isSame) ? found.lines : undefined;
}

/**
 * Hands all questions to the program, one a line with its objects behind it, and comes back at once: the rules run on this thread meanwhile.
 * What is asked of one program before its first answer is waited for, one process answers.
 * @returns what waits for the answers, in the order of the questions
 */
export function start(program: string, questions: readonly Question[]): () => readonly Answer[] {
  const ahead = takeBegun(program, questions);
  const lines = ahead ?? new Lines(program);
  for (const [id, question] of questions.entries()) {
    const { objects, ...rest } = { objects: undefined, ...question };
    if (!ahead) lines.write(objects ? firstLine(id, rest) : JSON.stringify({ id, ...rest }));
    for (const object of objects?.slice(ahead?.objects.length ?? 0) ?? []) lines.writeObject(object);
    if (objects) lines.write('');
  }
  const place = lines.end();
  // What is kept of an earlier run, unless there is nothing or something has damaged it.
  const known = place && attempt(() => read(place, questions.length, readFileSync(place, 'utf8').split('\n')));
  if (known) return () => known;
  const wait = lines.ask(program, questions.length);
  return () => {
    const answered = wait();
    const answers = read(program, questions.length, answered);
    if (place !== undefined) keep(place, answered.join('\n'));
    return answers;
  };
}

/** Asks everything in one run of the program, and waits. */
export function ask(program: string, questions: readonly Question[]): readonly Answer[] {
  return start(program, questions)();
}

function read(program: string, questions: number, lines: readonly string[]): readonly Answer[] {
  const answers = lines.map((line) => JSON.parse(line) as Answer);
  const broken = answers.find(({ error }) => error !== undefined);
  if (broken !== undefined)
    throw new JudgeError(
      `${program}: ${broken.error}; if it is of other sources than this client, npm run judge builds it anew`,
    );
  if (answers.length !== questions)
    throw new JudgeError(`${program}: ${questions} questions, ${answers.length} answers`);
  if (answers.some(({ id }, index) => id !== index))
    throw new JudgeError(`${program}: ${questions} questions, ${answers.length} answers, not in their order`);
  return answers;
}
