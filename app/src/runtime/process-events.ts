import type { Config } from './config.ts';
import type { RunningService } from './run-service.ts';

/** Ends the process in order on SIGTERM and SIGINT, and with 1 on an error that nobody handled. */
export function attachProcessEvents(running: RunningService, config: Pick<Config, 'shutdownSeconds'>): void {
  const { log, close } = running.logging;
  const end = (code: number) => void close().finally(() => process.exit(code));
  const stop = (signal: string) => {
    log.info({ signal }, 'stopping');
    const limit = config.shutdownSeconds * 1000;
    setTimeout(() => {
      log.error({ limit }, 'shutdown took too long; requests in flight are cut');
      end(1);
    }, limit).unref();
    running.shutdown().then(() => end(0), crash);
  };
  const crash = (err: unknown) => {
    log.fatal({ err }, 'unhandled error');
    end(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

/**
 * A module that is loaded late. Node remembers one that it could not load (no file descriptor was left), so no later try would find it: the
 * process then ends as on any error that nobody handled, and is started anew.
 */
export function loadedLate<T>(loading: Promise<T>): Promise<T> {
  void loading.then();
  return loading;
}
