import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

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
    for (const { file } of changed) renameSync(stagedName(file), file);
    last();
  } catch (error) {
    discard();
    for (const { file, text } of before) putBack(file, text);
    throw error;
  }
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
    return [`${file} (${error instanceof Error ? error.message : String(error)}); make it a file that you may write`];
  }
}

function readOrNull(file: string): string | null {
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : null;
}

function putBack(file: string, text: string | null): void {
  if (text === null) rmSync(file, { force: true });
  else writeFileSync(file, text);
}
