import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parse } from '@babel/parser';
import type {
  ExportAllDeclaration,
  ExportNamedDeclaration,
  ImportDeclaration,
  Statement,
  StringLiteral,
} from '@babel/types';

/** One import between two files of the project, or from a file to a package. */
export interface Import {
  readonly from: string;
  /** A path from the root of the project, or the name of a package (`node:fs`, `koa`, `@koa/router`). */
  readonly to: string;
  readonly kind: 'file' | 'package';
  /** Whether only types are taken, which are gone when the program runs. */
  readonly typesOnly: boolean;
}

const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

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
    .sort();
}

/** Imports of one source, from its text. */
export function importsIn(from: string, source: string): Import[] {
  const statements = parse(source, { sourceType: 'module', plugins: ['typescript', 'jsx'] }).program.body.flatMap(
    (statement) => (isFromClause(statement) ? [{ to: statement.source.value, typesOnly: onlyTypes(statement) }] : []),
  );
  const dynamic = [...source.matchAll(DYNAMIC)].map(([, to]) => ({ to: to ?? '', typesOnly: false }));
  return [...statements, ...dynamic].map(({ to, typesOnly }) =>
    to.startsWith('.')
      ? { from, to: join(dirname(from), to), kind: 'file', typesOnly }
      : { from, to: packageOf(to), kind: 'package', typesOnly },
  );
}

type FromClause = (ImportDeclaration | ExportNamedDeclaration | ExportAllDeclaration) & { source: StringLiteral };

function isFromClause(statement: Statement): statement is FromClause {
  return 'source' in statement && statement.source !== null && statement.source !== undefined;
}

/** `import type`, or every name in the braces marked with `type`. */
function onlyTypes(statement: FromClause): boolean {
  if (statement.type !== 'ImportDeclaration') return statement.exportKind === 'type';
  const marked = statement.specifiers.filter((name) => name.type === 'ImportSpecifier' && name.importKind === 'type');
  return statement.importKind === 'type' || (marked.length > 0 && marked.length === statement.specifiers.length);
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
