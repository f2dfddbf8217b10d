import { once } from 'node:events';
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';

/** A destination that takes whole lines: a process's own output, or an array in a test. */
export interface LogSink extends DestinationStream {
  flush?(): void;
  /** Hands over the last lines. */
  end?(): Promise<void>;
  /** Lines that were dropped because nobody took them. */
  readonly dropped?: number;
}

/** What takes blocks, and may lose lines of them later. */
export type LogOutput = Writable & { readonly dropped?: number };

/** Characters gathered before a write: a line at a time costs a system call per request. */
const BLOCK_LENGTH = 8_192;
/** Bytes that may wait for a reader of the log: a few seconds of a busy process. */
const MAX_WAITING_BYTES = 4 * 2 ** 20;
/** What a reader is given for the last lines before the process ends without them. */
const END_WITHIN_MS = 500;

/** Hands lines over by the block; when their reader has stalled, blocks are dropped and counted in place of growing. */
export class BlockSink implements LogSink {
  readonly #outputs: readonly LogOutput[];
  #dropped = 0;
  #block = '';

  constructor(...outputs: readonly LogOutput[]) {
    this.#outputs = outputs;
    // A full disk or a closed pipe behind stdout must not end a process that can still serve.
    for (const output of outputs) output.on('error', () => {});
  }

  get dropped(): number {
    return this.#outputs.reduce((sum, { dropped = 0 }) => sum + dropped, this.#dropped);
  }

  write(line: string): void {
    this.#block += line;
    if (this.#block.length >= BLOCK_LENGTH) this.flush();
  }

  flush(): void {
    const block = this.#block;
    if (block === '') return;
    this.#block = '';
    for (const output of this.#outputs) {
      if (output.writableLength > MAX_WAITING_BYTES || output.destroyed) this.#dropped += linesOf(block);
      else output.write(block);
    }
  }

  /** Resolves once everything was taken, or when nobody took it in time. */
  async end(): Promise<void> {
    this.flush();
    const busy = this.#outputs.filter(({ writableLength }) => writableLength > 0);
    // An empty write is done after those before it; 'drain' comes only where an output was full.
    const taken = busy.map((output) => new Promise<unknown>((done) => output.write('', done)));
    await Promise.race([Promise.all(taken), once(AbortSignal.timeout(END_WITHIN_MS), 'abort')]);
  }
}

export function linesOf(block: string): number {
  return block.split('\n').length - 1;
}

/**
 * The standard output. A pipe is written as a socket is, without blocking: a thread that waits for a stalled reader would
 * keep the process from ending. Files and terminals always take what they are given.
 */
export function standardOutput(): Writable {
  const kind = fstatSync(1);
  return kind.isFIFO() || kind.isSocket() ? new Socket({ fd: 1, readable: false, writable: true }) : process.stdout;
}
