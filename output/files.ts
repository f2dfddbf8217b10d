import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Content of every file below a folder, by path relative to it, sorted; empty where there is no such folder. */
export function readFolder(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(files.map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]));
}

/** What cannot be written: every file at once, each with the reason and what to do. */
export class OutputError extends Error {
  constructor(problems: readonly string[]) {
    super(`the output cannot be written:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'OutputError';
  }
}

/**
 * Brings files to the given texts, all or nothing: the new ones are written beside their places first, then all take them, and the old ones
 * come back if one cannot. A file that holds its text already is left alone.
 * @param files text by path; null for a file that goes
 * @throws OutputError with everything that is in the way; the files are then as they were
 */
export function writeFiles(files: ReadonlyMap<string, string | null>): void {
  const changed = [...files].filter(([file, text]) => readOrNull(file) !== text);
  const names = changed.map(([file]) => file);
  const fresh = new Set(names.filter((file) => !existsSync(file)));
  try {
    const problems = changed.flatMap(([file, text]) => (text === null ? [] : stage(file, text)));
    if (problems.length > 0) throw new OutputError(problems);
    for (const [file, text] of changed) refusing(file, () => exchange(file, text !== null));
  } catch (error) {
    const lost = names.flatMap((file) => takeBack(file, fresh.has(file)));
    throw lost.length === 0 ? error : new Error(lost.join('\n'), { cause: error });
  } finally {
    for (const file of names) discard(stagedName(file));
  }
  for (const file of names) forget(oldName(file));
}

/** @throws OutputError where the file system refuses */
function refusing(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new OutputError([refusal(path, error)]);
  }
}

function refusal(path: string, error: unknown): string {
  return `${path} (${error instanceof Error ? error.message : String(error)}); check its permissions and the free space of its disk`;
}

const stagedName = (file: string) => `${file}.new`;
const oldName = (file: string) => `${file}.old`;

function stage(file: string, text: string): string[] {
  try {
    if (existsSync(file) && !statSync(file).isFile()) return [`${file} is not a file; move what stands there away`];
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(stagedName(file), text);
    return [];
  } catch (error) {
    return [refusal(file, error)];
  }
}

/** Renames only: they need no room on a disk that may be full. */
function exchange(file: string, stays: boolean): void {
  if (existsSync(file)) renameSync(file, oldName(file));
  if (stays) renameSync(stagedName(file), file);
}

/** Where not even that works, nobody deletes what was there. */
function takeBack(file: string, isFresh: boolean): string[] {
  try {
    if (isFresh) discard(file);
    else if (existsSync(oldName(file))) renameSync(oldName(file), file);
    return [];
  } catch {
    return [`${file} could not be put back: its content is in ${oldName(file)}; move it there by hand`];
  }
}

/** Nothing has gone wrong where only this does: the new files are in their places. */
function forget(old: string): void {
  try {
    discard(old);
  } catch (error) {
    process.emitWarning(`${refusal(old, error)}, and delete it by hand: it is what stood there before`);
  }
}

/** Not by `force`, which still throws where a file stands in place of a folder of the path. */
function discard(file: string): void {
  if (existsSync(file)) rmSync(file);
}

function readOrNull(file: string): string | null {
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : null;
}
