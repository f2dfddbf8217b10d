import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isRecord, Resource } from '../../guardrails/field.ts';
import { flatten } from '../../guardrails/input/document.ts';
import { parseText } from '../../guardrails/input/parse.ts';
import type { Git } from '../git.ts';

/** All objects of dist/ (or of a part of it) at one moment, by identity. */
export type Snapshot = ReadonlyMap<string, Resource>;

/** A file by its path, and its text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** Two manifests with the same identity are the same object for the API server, whatever the version of the API. */
export function identityOf(resource: Resource): string {
  return [resource.group, resource.kind, resource.namespace, resource.name].join('/');
}

/** How people name an object: `Deployment quotes-dev/users`. */
export function titleOf(resource: Resource): string {
  return `${resource.kind} ${resource.namespace === '' ? '' : `${resource.namespace}/`}${resource.name}`;
}

/** The objects in these files. */
export function snapshotOf(files: readonly TextFile[]): Snapshot {
  const resources = files
    .filter(({ path }) => /\.(ya?ml|json)$/.test(path))
    .flatMap(({ path, text }) => flatten(parseText(path, text)))
    .filter(({ value }) => isRecord(value))
    .map(({ origin, value }) => new Resource(origin, value))
    .filter(({ kind }) => kind !== '');
  return new Map(resources.map((resource) => [identityOf(resource), resource]));
}

/** The manifests of a folder as they were at a revision. */
export async function filesAt(git: Git, revision: string, folder: string): Promise<readonly TextFile[]> {
  const paths = await git.files(revision, folder);
  return Promise.all(paths.map(async (path) => ({ path, text: await git.text(revision, path) })));
}

/** The manifests of a folder as they are now; paths begin at `root`. None when the folder does not exist. */
export async function filesNow(root: string, folder: string): Promise<readonly TextFile[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const paths = files.map((file) => relative(root, file).split(sep).join('/')).sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}
