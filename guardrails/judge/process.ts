import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** What the answers may take from the last question on: 10,000 objects need less than ten seconds. */
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
let [size, lines, asked] = [0, 0, Infinity];
let failure;
const end = (status, signal) => {
  if (ended[0] === 1) return;
  const [stdout, stderr] = [Buffer.concat(out), String(Buffer.concat(errors))];
  port.postMessage({ failure, status, signal, stdout, stderr });
  port.close();
  Atomics.store(ended, 0, 1);
  Atomics.notify(ended, 0);
};
// With every answer here, nobody waits while the program frees its memory.
const look = () => lines >= asked && end(0, null);
const follow = (child) => {
  child.on('error', (error) => {
    failure = error.message;
    if (child.pid === undefined) end(null, null);
  });
  if (child.pid === undefined) return;
  child.on('close', end);
  child.stdin.on('error', () => {}); // Where it ends before it has read all, its status says more.
  child.stdout.on('data', (piece) => {
    out.push(piece);
    size += piece.length;
    if (size > most) return (failure = 'its answers have no end'), child.kill();
    for (let at = -1; (at = piece.indexOf(10, at + 1)) >= 0; ) lines += 1;
    look();
  });
  child.stderr.on('data', (piece) => errors.push(piece));
  port.on('message', (piece) => {
    if (typeof piece !== 'number') return child.stdin.write(piece);
    asked = piece;
    child.stdin.end();
    // From here on: how long the manifests take to read is no fault of the program.
    setTimeout(() => child.kill(), timeout).unref();
    look();
  });
};
try {
  follow(require('node:child_process').spawn(program));
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

/** A program that runs, and takes questions until somebody waits for an answer. */
export class Run {
  readonly program: string;
  readonly #timeout: number;
  readonly #port: MessagePort;
  readonly #ended = new Int32Array(new SharedArrayBuffer(4));
  #asked = 0;
  #how: Ended | undefined;
  #lines: readonly string[] | undefined;

  constructor(program: string, timeout: number) {
    this.program = program;
    this.#timeout = timeout;
    const { port1, port2: port } = new MessageChannel();
    const workerData = { program, timeout, most: BYTES_AT_MOST, port, ended: this.#ended };
    new Worker(THREAD, { eval: true, workerData, transferList: [port] }).unref();
    port1.unref();
    this.#port = port1;
  }

  get hasEnded(): boolean {
    return Atomics.load(this.#ended, 0) === 1;
  }

  send(piece: Uint8Array<ArrayBuffer>): void {
    this.#port.postMessage(piece, [piece.buffer]);
  }

  /** @returns what waits for the lines that answer so many questions, which were sent last */
  expect(questions: number): () => readonly string[] {
    const first = this.#asked;
    this.#asked += questions;
    const isLast = () => first + questions === this.#asked;
    return () => this.#answers().slice(first, isLast() ? undefined : first + questions);
  }

  #answers(): readonly string[] {
    if (this.#lines) return this.#lines;
    if (running.get(this.program) === this) running.delete(this.program);
    this.#port.postMessage(this.#asked);
    const { program } = this;
    if (Atomics.wait(this.#ended, 0, 0, this.#timeout + 10_000) === 'timed-out')
      throw new JudgeError(`${program}: no answer`);
    const received: { readonly message: Ended } | undefined = receiveMessageOnPort(this.#port);
    this.#how ??= received?.message;
    if (this.#how === undefined) throw new JudgeError(`${program}: no answer`);
    refuse(program, this.#how);
    const lines = new TextDecoder().decode(this.#how.stdout).split('\n');
    this.#lines = lines.filter((line) => line !== '');
    this.#how = undefined; // Its bytes are in the lines.
    return this.#lines;
  }
}

const running = new Map<string, Run>();

/** Starts the program, which will be asked soon: its start takes as long as to read the manifests. */
export function prepare(program: string, timeout = TIMEOUT_MS): Run {
  const found = running.get(program);
  const run = found === undefined || found.hasEnded ? new Run(program, timeout) : found;
  running.set(program, run);
  return run;
}

/** The same for a question that takes no other beside it, because its end is not known yet. */
export function prepareAlone(program: string): Run {
  const run = prepare(program);
  running.delete(program);
  return run;
}

/** Throws where the program did not end well. */
function refuse(program: string, { failure, status, signal, stderr }: Ended): void {
  if (status !== null && status !== 0)
    throw new JudgeError(`${program}: ended with ${status}: ${stderr.slice(0, 2000)}`);
  if (failure !== undefined || signal !== null)
    throw new JudgeError(
      `${program}: ${failure ?? `ended by ${signal} (what takes two minutes is given up: ask for less at once): ${stderr.slice(0, 2000)}`}`,
    );
}
