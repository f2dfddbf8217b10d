import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Folders that a plain user's PATH lacks and Debian installs daemons into. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where the project keeps what it has installed for itself, one folder a program: `valkey-8.1/bin`. */
function cacheFolders(): string[] {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'quotes-platform');
  try {
    return readdirSync(cache).map((name) => join(cache, name, 'bin'));
  } catch {
    return [];
  }
}

/** Full path of a program, or undefined where this machine does not have it. The project's own copy wins. */
export function findProgram(name: string): string | undefined {
  return [...cacheFolders(), ...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * Full path of a real program that a suite drives, for `describe.skipIf(!path)`.
 * Without the program: says so and returns undefined on a laptop, throws under CI=true, so that CI never skips in silence.
 */
export function requireProgram(name: string): string | undefined {
  const path = findProgram(name);
  if (path !== undefined) return path;
  const message = `${name} is not installed: the tests that need it`;
  if (process.env['CI'] === 'true') throw new Error(`${message} cannot run, and CI must not skip them`);
  console.warn(`${message} are skipped`);
  return undefined;
}
