import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { judgeFolder } from './locate.ts';
import type { Answer, Question } from './protocol.ts';

/** What a call may take: 10,000 objects need less than ten seconds. */
const TIMEOUT_MS = 120_000;
const BYTES_AT_MOST = 512 * 1024 * 1024;

/** The judge could not answer: a broken program, or one of another version than this client. */
export class JudgeError extends Error {
  override readonly name = 'JudgeError';
}

/** Runs the program in a thread of its own. A string, because one bundled file has no second file to load. */
const THREAD = `
const { workerData: { program, timeout, most, port, ended } } = require('node:worker_threads');
const [out, errors] = [[], []];
let size = 0;
let failure;
const end = (status, signal) => {
  const [stdout, stderr] = [Buffer.concat(out), String(Buffer.concat(errors))];
  port.postMessage({ failure, status, signal, stdout, stderr });
  port.close();
  Atomics.store(ended, 0, 1);
  Atomics.notify(ended, 0);
};
const follow = (child) => {
  child.on('error', (error) => {
    failure = error.message;
    if (child.pid === undefined) child.off('close', end), end(null, null);
  });
  child.on('close', end);
  child.stdin.on('error', () => {}); // Where it ends before it has read all, its status says more.
  child.stdout.on('data', (piece) => {
    out.push(piece);
    size += piece.length;
    if (size > most) (failure = 'its answers have no end'), child.kill();
  });
  child.stderr.on('data', (piece) => errors.push(piece));
  port.on('message', (piece) => (piece === null ? child.stdin.end() : child.stdin.write(piece)));
};
try {
  follow(require('node:child_process').spawn(program, { timeout }));
} catch (error) {
  // Some reasons are an event, others are thrown.
  failure = error.message;
  end(null, null);
}
`;

interface Ended {
  readonly failure: string | undefined;
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/**
 * Starts the program with all questions, one a line, and comes back at once: the rules run on this thread meanwhile.
 * @returns what waits for the answers, in the order of the questions
 */
export function start(program: string, questions: readonly Question[]): () => readonly Answer[] {
  const sent = isKept(program) ? [...pieces(questions)] : pieces(questions);
  const place = Array.isArray(sent) ? placeOf(program, sent) : undefined;
  const known = place === undefined ? undefined : knownAnswers(place, questions.length);
  if (known) return () => known;
  const { port1: ours, port2: port } = new MessageChannel();
  const ended = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { program, timeout: TIMEOUT_MS, most: BYTES_AT_MOST, port, ended };
  new Worker(THREAD, { eval: true, workerData, transferList: [port] }).unref();
  ours.unref();
  for (const piece of sent) ours.postMessage(piece, [piece.buffer]);
  ours.postMessage(null);
  return () => {
    if (Atomics.wait(ended, 0, 0, TIMEOUT_MS + 10_000) === 'timed-out') throw new JudgeError(`${program}: no answer`);
    const message: { readonly message: Ended } | undefined = receiveMessageOnPort(ours);
    if (message === undefined) throw new JudgeError(`${program}: no answer`);
    refuse(program, message.message);
    const written = new TextDecoder().decode(message.message.stdout);
    const answers = read(program, questions.length, written);
    if (place !== undefined) keep(place, written);
    return answers;
  };
}

/** Of a large question no more than so many characters are in memory beside its objects. */
const PIECE = 1024 * 1024;

/** The questions as they are sent. */
function* pieces(questions: readonly Question[]): Iterable<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let text = '';
  for (const [id, question] of questions.entries()) {
    const { objects = [], ...rest } = { objects: undefined, ...question };
    text += `${JSON.stringify({ id, ...rest }).slice(0, -1)},"objects":[`;
    for (const [index, object] of objects.entries()) {
      text += `${index === 0 ? '' : ','}${JSON.stringify(object)}`;
      if (text.length < PIECE) continue;
      yield encoder.encode(text);
      text = '';
    }
    text += ']}\n';
  }
  yield encoder.encode(text);
}

/** What is kept of earlier runs, unless something has damaged it. */
function knownAnswers(place: string, questions: number): readonly Answer[] | undefined {
  try {
    return read(place, questions, recall(place) ?? '');
  } catch {
    return undefined;
  }
}

/** Asks everything in one run of the program, and waits. */
export function ask(program: string, questions: readonly Question[]): readonly Answer[] {
  return start(program, questions)();
}

/** Throws where the program did not end well. */
function refuse(program: string, { failure, status, signal, stderr }: Ended): void {
  if (status !== null && status !== 0)
    throw new JudgeError(`${program}: ended with ${status}: ${stderr.slice(0, 2000)}`);
  if (failure !== undefined || signal !== null)
    throw new JudgeError(`${program}: ${failure ?? `ended by ${signal}: ${stderr.slice(0, 2000)}`}`);
}

function read(program: string, questions: number, text: string): readonly Answer[] {
  const answers = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
  const broken = answers.find(({ error }) => error !== undefined);
  if (broken !== undefined) throw new JudgeError(`${program}: ${broken.error}`);
  if (answers.length !== questions)
    throw new JudgeError(`${program}: ${questions} questions, ${answers.length} answers`);
  if (answers.some(({ id }, index) => id !== index))
    throw new JudgeError(`${program}: ${questions} questions, ${answers.length} answers, not in their order`);
  return answers;
}

const ANSWERS_KEPT_AT_MOST = 1000;
const BYTES_KEPT_AT_MOST = 64 * 1024 * 1024;

/** Answers are kept of what `npm run judge` installed, and not under CI=true, where each run asks anew. */
function isKept(program: string): boolean {
  return process.env['CI'] !== 'true' && dirname(program) === judgeFolder();
}

/** Where the answers to these questions are kept, or will be: the same program gives the same answers. */
function placeOf(program: string, questions: readonly Uint8Array[]): string {
  const { size, mtimeMs } = fs.statSync(program);
  const hash = createHash('sha256').update(`${fs.realpathSync(program)} ${size} ${mtimeMs}\n`);
  for (const piece of questions) hash.update(piece);
  return join(judgeFolder(), 'answers', hash.digest('hex'));
}

/** What is kept there, if anything. */
function recall(place: string): string | undefined {
  try {
    return fs.readFileSync(place, 'utf8');
  } catch {
    return undefined;
  }
}

/** Keeps answers, and as many of the latest others as fit. A folder that cannot be written keeps nothing. */
export function keep(place: string, answers: string): void {
  const folder = dirname(place);
  const fresh = `${place}.${process.pid}`;
  try {
    // They quote manifests, which may not be for everybody on the machine.
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(fresh, answers, { mode: 0o600 });
    fs.renameSync(fresh, place);
    prune(folder);
  } catch {
    remove(fresh);
  }
}

/** Where the folder is a file, or another's, even that there is nothing is an error. */
function remove(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {}
}

function prune(folder: string): void {
  const files = fs.readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    const { size = 0, mtimeMs = 0 } = fs.statSync(file, { throwIfNoEntry: false }) ?? {};
    return { file, size, mtimeMs };
  });
  let bytes = 0;
  for (const [index, { file, size }] of files.toSorted((one, other) => other.mtimeMs - one.mtimeMs).entries()) {
    bytes += size;
    if (index >= ANSWERS_KEPT_AT_MOST || bytes > BYTES_KEPT_AT_MOST) remove(file);
  }
}
