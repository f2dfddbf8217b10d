import { closeSync, constants, openSync, readSync } from 'node:fs';
import { BYTES_AT_MOST, UnusableInput } from './parse.ts';

/** How long a named pipe is waited for. Whoever renders a chart into one has begun to write by then. */
const WAIT_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Reads a named pipe to its end. To open it in the ordinary way waits for ever where nobody writes to it.
 * @throws UnusableInput where nobody does within the time, or too much is written
 */
export function readPipe(path: string, waitMs = WAIT_MS): Buffer {
  const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pieces: Buffer[] = [];
  let [size, waited] = [0, 0];
  try {
    for (;;) {
      const piece = next(pipe);
      if (piece?.length === 0 && size > 0) return Buffer.concat(pieces);
      if (piece === undefined || piece.length === 0) {
        if (size === 0 && waited >= waitMs) throw new UnusableInput('a pipe, and nobody writes to it');
        waited += PAUSE_MS;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
        continue;
      }
      pieces.push(piece);
      size += piece.length;
      if (size > BYTES_AT_MOST) return Buffer.alloc(BYTES_AT_MOST + 1, ' ');
    }
  } finally {
    closeSync(pipe);
  }
}

/** What is there to read: nothing where nobody has the pipe open for writing, undefined where somebody has and writes later. */
function next(pipe: number): Buffer | undefined {
  const buffer = Buffer.alloc(65_536);
  try {
    return buffer.subarray(0, readSync(pipe, buffer));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}
