import pino, { type DestinationStream, type Logger } from 'pino';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

/** A destination that takes whole lines: pino's own buffered one, or an array in a test. */
export interface LogSink extends DestinationStream {
  flushSync?(): void;
  flush?(): void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** Where a process writes its lines, and the logger that writes there. */
export interface Logging {
  readonly log: Logger;
  readonly sink: LogSink;
  /** Writes out what is buffered; to be called last. */
  close(): void;
}

/** Characters gathered before a write: a line at a time costs a system call per request. */
const BLOCK_LENGTH = 8192;
/** Most bytes that pino's destination writes at once, when what reads the log has been slow. */
const MAX_WRITE_BYTES = 65_536;
/** A quiet process shows its last lines after this time at the latest. */
const FLUSH_EVERY_MS = 500;

/** Structured JSON lines on stdout, buffered and never synchronous. */
export function openLogging(
  config: Pick<Config, 'service' | 'environment' | 'version' | 'logLevel'>,
  sink = stdout(),
): Logging {
  const log = pino(
    {
      level: config.logLevel,
      base: { service: config.service, environment: config.environment, version: config.version },
      formatters: { level: (label) => ({ level: label }) },
      redact: ['password', 'authorization', '*.password', '*.authorization'],
    },
    sink,
  );
  // A full disk or a closed pipe behind stdout must not end a process that can still serve.
  sink.on?.('error', () => {});
  const timer = setInterval(() => sink.flush?.(), FLUSH_EVERY_MS).unref();
  return { log, sink, close: () => flushAndStop(timer, sink) };
}

function stdout(): LogSink {
  // The least length is out of reach: it writes when it is told to.
  const sink = inBlocks(
    pino.destination({ fd: 1, sync: false, minLength: MAX_WRITE_BYTES - 1, maxWrite: MAX_WRITE_BYTES }),
  );
  // A process that fails before it can close the log: its last lines say why.
  process.once('exit', () => flushLast(sink));
  return sink;
}

/** Hands lines over by the block: pino's destination measures all that it holds again with each line that it is given. */
export function inBlocks(target: Required<Pick<LogSink, 'write' | 'flush' | 'flushSync' | 'on'>>): LogSink {
  let block = '';
  const handOver = () => {
    target.write(block);
    block = '';
  };
  const flush = () => {
    handOver();
    target.flush();
  };
  return {
    write(line) {
      block += line;
      if (block.length >= BLOCK_LENGTH) flush();
    },
    flush,
    flushSync() {
      handOver();
      target.flushSync();
    },
    on: (event, listener) => target.on(event, listener),
  };
}

function flushAndStop(timer: NodeJS.Timeout, sink: LogSink): void {
  clearInterval(timer);
  flushLast(sink);
}

function flushLast(sink: LogSink): void {
  try {
    sink.flushSync?.();
  } catch {
    // What cannot be written at the very end is lost; there is nowhere left to say so.
  }
}
