import { hostname } from 'node:os';
import pino, { type Logger } from 'pino';
import type { Config } from './config.ts';
import { LogPosts } from './log-posts.ts';
import { BlockSink, type LogSink, standardOutput } from './log-sink.ts';

export type { Logger } from 'pino';

/** Where a process writes its lines, and the logger that writes there. */
export interface Logging {
  readonly log: Logger;
  readonly sink: LogSink;
  /** Writes out what is gathered, as far as its reader takes it; to be called last. */
  close(): Promise<void>;
}

/** A quiet process shows its last lines after this time at the latest. */
const FLUSH_EVERY_MS = 500;

/** Structured JSON lines on stdout, buffered and never synchronous. */
export function openLogging(
  config: Pick<Config, 'service' | 'environment' | 'version' | 'logLevel' | 'logsUrl'>,
  sink: LogSink = standardSink(config),
): Logging {
  const log = pino(
    {
      level: config.logLevel,
      base: {
        service: config.service,
        environment: config.environment,
        version: config.version,
        // A collector of standard output knows whose it is; a store that is posted to does not.
        ...(config.logsUrl === undefined ? {} : { pod: hostname() }),
      },
      formatters: { level: (label) => ({ level: label }) },
      // A rejected command carries its arguments: a user's name, a password's hash, the store's own password.
      redact: ['password', 'authorization', '*.password', '*.authorization', 'err.command.args'],
    },
    sink,
  );
  const timer = setInterval(() => sink.flush?.(), FLUSH_EVERY_MS).unref();
  const close = async () => {
    clearInterval(timer);
    await sink.end?.();
  };
  return { log, sink, close };
}

function standardSink({ logsUrl }: Pick<Config, 'logsUrl'>): LogSink {
  const sink = new BlockSink(standardOutput(), ...(logsUrl === undefined ? [] : [new LogPosts(logsUrl)]));
  // A process that fails before it can close the log: its last lines say why.
  process.once('exit', () => sink.flush());
  return sink;
}
