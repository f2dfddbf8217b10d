import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { holdsNothing, misfits } from './misfits.ts';
import { BYTES_AT_MOST, parseText, UnusableInput } from './parse.ts';
import type { Document } from './source.ts';

/** What was read, and the files in folders that hold no Kubernetes object and were left out. */
export interface Input {
  readonly documents: readonly Document[];
  readonly skipped: readonly string[];
}

/** Reads files, folders (`*.yaml`, `*.yml`, `*.json` at any depth) and `-` (standard input); a file that is named twice, or through a link too, once. Throws UnusableInput with every problem. */
export function readInput(paths: readonly string[]): Input {
  const problems: string[] = [];
  const skipped: string[] = [];
  const read = new Set<string>();
  const documents = paths.flatMap((path) => {
    const named = attempt(problems, () => filesOf(path)) ?? [];
    return named.flatMap(({ file, named: asked }) => {
      const place = attempt(problems, () => (file === '-' ? file : realpathSync(file)));
      if (place === undefined || read.has(place)) return [];
      read.add(place);
      const document = attempt(problems, () => readOne(file));
      if (document && holdsNothing(document, asked)) {
        skipped.push(file);
        return [];
      }
      if (document) problems.push(...misfits(document));
      return document ?? [];
    });
  });
  if (problems.length === 0 && documents.length === 0)
    problems.push(`${paths.join(', ')}: no Kubernetes manifests here`);
  if (problems.length > 0) throw new UnusableInput(problems.join('\n'));
  return { documents, skipped };
}

/** The names of the runbooks in a folder, `HighErrorRate` for HighErrorRate.md. Throws UnusableInput when it cannot be read. */
export function readRunbooks(folder: string): readonly string[] {
  const problems: string[] = [];
  const files = attempt(problems, () => readdirSync(folder)) ?? [];
  if (problems.length > 0) throw new UnusableInput(problems.join('\n'));
  return files.filter((file) => file.endsWith('.md')).map((file) => basename(file, '.md'));
}

/** The files behind a path; `named` when the path itself names the file. */
function filesOf(path: string): readonly { readonly file: string; readonly named: boolean }[] {
  if (path === '-' || !statSync(path).isDirectory()) return [{ file: path, named: true }];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name));
  return files
    .map((entry) => ({ file: join(entry.parentPath, entry.name), named: false }))
    .filter(({ file }) => !/(^|\/)(\.git|node_modules)\//.test(relative(path, file)))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

function readOne(path: string): Document {
  if (path === '-') return parseText('<stdin>', readFileSync(0, 'utf8'));
  const size = statSync(path).size;
  const file = relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path);
  if (size > BYTES_AT_MOST) {
    throw new UnusableInput(
      `${file}: ${Math.round(size / 1024 / 1024)} MiB, more than the ${BYTES_AT_MOST / 1024 / 1024} MiB that are read`,
    );
  }
  return parseText(file, readFileSync(path, 'utf8'));
}

function attempt<T>(problems: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problems.push(tell(error));
    return undefined;
  }
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'must not be read: permission denied',
  ELOOP: 'a link that leads back to itself',
};

/** What went wrong, beginning with where. */
function tell(error: NodeJS.ErrnoException): string {
  const said = SYSTEM_ERRORS[error.code ?? ''];
  return said === undefined || error.path === undefined ? error.message : `${error.path}: ${said}`;
}
