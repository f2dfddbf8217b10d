import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One import between two files of the project, or from a file to a package. */
export interface Import {
  readonly from: string;
  /** A path from the root of the project, or the name of a package (`node:fs`, `koa`, `@koa/router`). */
  readonly to: string;
  readonly kind: 'file' | 'package';
  /** Whether only types are taken, which are gone when the program runs. */
  readonly typesOnly: boolean;
}

/** An `import` or `export` statement with its clause and source, at the start of a line as the formatter writes it; or `import('...')`. */
const STATEMENT =
  /^(?:import|export)\s+(?:([^'"();]*?)\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
/** `type X`, `type { X }`, or braces in which each name is marked. */
const TYPES_ONLY = /^type\s|^\{\s*type\s[^,]+(?:,\s*type\s[^,]+)*,?\s*\}$/;

/** Imports of every source below the folders, tests and fixtures left out: those may look anywhere. */
export function importsBelow(root: string, folders: readonly string[]): Import[] {
  return sourcesBelow(root, folders).flatMap((file) => importsIn(file, readFileSync(join(root, file), 'utf8')));
}

/** Sources below the folders, as paths from the root, sorted. */
export function sourcesBelow(root: string, folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(?:test|fixture)\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !/(?:^|\/)(?:node_modules|fixtures)\//.test(file))
    .sort();
}

/** Text between backticks: what it imports, another file will. */
const TEMPLATE = /`(?:[^`\\]|\\.)*`/gs;

/** Imports of one source, from its text. */
export function importsIn(from: string, source: string): Import[] {
  return [...source.replaceAll(TEMPLATE, '``').matchAll(STATEMENT)].map(([, clause, named, dynamic]) => {
    const to = named ?? dynamic ?? '';
    const typesOnly = clause !== undefined && TYPES_ONLY.test(clause);
    if (to.startsWith('.')) return { from, to: join(dirname(from), to), kind: 'file', typesOnly };
    const packageName = to.split('/', to.startsWith('@') ? 2 : 1).join('/');
    return { from, to: packageName, kind: 'package', typesOnly };
  });
}
