/** The server under test has a core of its own; the load and Redis share the other. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** A command line that runs on one core only. */
export function pinned(core: number, command: readonly string[]): readonly [string, readonly string[]] {
  return ['taskset', ['-c', String(core), ...command]];
}
