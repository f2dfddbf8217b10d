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

/** Characters gathered before a write: a line at a time costs a system call per request. */
const BLOCK_LENGTH = 8_192;
/** Bytes that may wait for a reader of the log: a few seconds of a busy process. */
const MAX_WAITING_BYTES = 4 * 2 ** 20;
/** What a reader is given for the last lines before the process ends without them. */
const END_WITHIN_MS = 500;

/** Hands lines over by the block; when their reader has stalled, blocks are dropped and counted in place of growing. */
export class BlockSink implements LogSink {
  dropped = 0;
  readonly #output: Writable;
  #block = '';

  constructor(output: Writable) {
    this.#output = output;
    // A full disk or a closed pipe behind stdout must not end a process that can still serve.
    output.on('error', () => {});
  }

  write(line: string): void {
    this.#block += line;
    if (this.#block.length >= BLOCK_LENGTH) this.flush();
  }

  flush(): void {
    const block = this.#block;
    if (block === '') return;
    this.#block = '';
    if (this.#output.writableLength > MAX_WAITING_BYTES || this.#output.destroyed) this.dropped += linesOf(block);
    else this.#output.write(block);
  }

  /** Resolves once everything was taken, or when nobody took it in time. */
  async end(): Promise<void> {
    this.flush();
    if (this.#output.writableLength > 0)
      await once(this.#output, 'drain', { signal: AbortSignal.timeout(END_WITHIN_MS) }).catch(() => {});
  }
}

function linesOf(block: string): number {
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
