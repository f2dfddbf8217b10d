import { execFileSync } from 'node:child_process';

/** The server under test has a core of its own; the load and Redis share the other. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** A command line that runs on one core only. */
export function pinned(core: number, command: readonly string[]): readonly [string, readonly string[]] {
  return ['taskset', ['-c', String(core), ...command]];
}

/** Moves this process and what it starts to the load's core: the benchmark itself must not take from the server's. */
export function leaveServerCore(): void {
  execFileSync('taskset', ['-acp', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });
}
