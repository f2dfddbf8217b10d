import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

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
 * Writes files, and then does what comes last, all or nothing: each is written beside its place first, and what has taken its place is put
 * back if a later step fails. A file that holds its text already is left alone.
 * @throws OutputError before anything has changed
 */
export function writeFiles(files: ReadonlyMap<string, string>, last: () => void): void {
  const changed = [...files]
    .filter(([file, text]) => readOrNull(file) !== text)
    .map(([file, text]) => ({ file, text }));
  const problems = changed.flatMap(({ file, text }) => stage(file, text));
  const before = changed.map(({ file }) => ({ file, text: readOrNull(file) }));
  const discard = () => {
    for (const { file } of changed) rmSync(stagedName(file), { force: true });
  };
  if (problems.length > 0) {
    discard();
    throw new OutputError(problems);
  }
  try {
    for (const { file } of changed) refusing(file, () => renameSync(stagedName(file), file));
    last();
  } catch (error) {
    discard();
    for (const { file, text } of before) if (readOrNull(file) !== text) putBack(file, text);
    throw error;
  }
}

/** @throws OutputError where the file system refuses */
function refusing<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new OutputError([refusal(path, error)]);
  }
}

function refusal(path: string, error: unknown): string {
  return `${path} (${error instanceof Error ? error.message : String(error)}); check its permissions and the free space of its disk`;
}

function stagedName(file: string): string {
  return `${file}.new`;
}

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

function readOrNull(file: string): string | null {
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : null;
}

function putBack(file: string, text: string | null): void {
  if (text === null) rmSync(file, { force: true });
  else writeFileSync(file, text);
}

/**
 * Replaces a folder by the given files, all or nothing: they are written beside it first, and only then take its place.
 * Whatever goes wrong before, the folder is as it was.
 * @param folder the folder to replace; made where there is none
 * @param files content by path relative to the folder
 * @throws where the folder could neither be replaced nor put back, with the place where its content is kept
 */
export function swapFolder(folder: string, files: ReadonlyMap<string, string>): void {
  const target = resolve(folder);
  const work = refusing(dirname(target), () => {
    mkdirSync(dirname(target), { recursive: true });
    // The folders inside it get the usual permissions; this one is for its owner alone.
    return mkdtempSync(`${target}.swap-`);
  });
  const [next, old] = [join(work, 'new'), join(work, 'old')];
  try {
    refusing(target, () => {
      fill(next, files);
      if (existsSync(target)) renameSync(target, old);
      renameSync(next, target);
    });
  } finally {
    takeBack(old, target);
    discardWork(work);
  }
}

function fill(folder: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(folder);
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Nothing has gone wrong where only this does: the new files are in their place. */
function discardWork(work: string): void {
  try {
    rmSync(work, { recursive: true, force: true });
  } catch (error) {
    process.emitWarning(`${refusal(work, error)}, and delete it by hand: the old files are in it`);
  }
}

/** Where the new folder could not take the place, the old one gets it again; and where not even that works, nobody deletes it. */
function takeBack(old: string, target: string): void {
  if (!existsSync(old) || existsSync(target)) return;
  try {
    renameSync(old, target);
  } catch (cause) {
    throw new Error(`${target} could not be put back: its content is in ${old}; move it there by hand`, { cause });
  }
}
