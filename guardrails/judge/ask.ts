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
const { workerData: { program, input, options, port, ended } } = require('node:worker_threads');
const { error, status, signal, stdout, stderr } = require('node:child_process').spawnSync(program, { input, ...options });
port.postMessage({ failure: error?.message, status, signal, stdout, stderr: String(stderr) });
Atomics.store(ended, 0, 1);
Atomics.notify(ended, 0);
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
  const text = questions.map((question, id) => `${JSON.stringify({ id, ...question })}\n`).join('');
  const place = placeOf(program, text);
  const known = place === undefined ? undefined : knownAnswers(place, questions.length);
  if (known) return () => known;
  const input = new TextEncoder().encode(text);
  const { port1: ours, port2: port } = new MessageChannel();
  const ended = new Int32Array(new SharedArrayBuffer(4));
  const options = { timeout: TIMEOUT_MS, maxBuffer: BYTES_AT_MOST };
  const workerData = { program, input, options, port, ended };
  new Worker(THREAD, { eval: true, workerData, transferList: [port, input.buffer] }).unref();
  ours.unref();
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
  // A program that ends before it has read its input fails the writer too; its own end says more.
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
  return answers;
}

const ANSWERS_KEPT_AT_MOST = 1000;
const BYTES_KEPT_AT_MOST = 64 * 1024 * 1024;

/**
 * Where the answers to these questions are kept, or will be: the same program gives the same answers. Undefined for a program that was not installed
 * by `npm run judge`, and under CI=true, where each run asks anew.
 */
export function placeOf(program: string, questions: string): string | undefined {
  if (process.env['CI'] === 'true' || dirname(program) !== judgeFolder()) return undefined;
  const { size, mtimeMs } = fs.statSync(program);
  const digest = createHash('sha256')
    .update(`${fs.realpathSync(program)} ${size} ${mtimeMs}\n${questions}`)
    .digest('hex');
  return join(judgeFolder(), 'answers', digest);
}

/** What is kept there, if anything. */
export function recall(place: string): string | undefined {
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
