import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { dump, load } from 'js-yaml';
import { environments } from '../../charts/environments/all.ts';
import { project } from '../../charts/project.ts';
import { CONSTRUCT } from '../../guardrails/annotations.ts';
import { isRecord, Resource } from '../../guardrails/field.ts';
import { flatten } from '../../guardrails/input/document.ts';
import { parseText } from '../../guardrails/input/parse.ts';
import { Kubectl } from '../cluster/kubectl.ts';
import type { Git } from '../git.ts';
import type { Run } from '../run.ts';

/** All objects of dist/ (or of a part of it) at one moment, by identity. */
export type Snapshot = ReadonlyMap<string, Resource>;

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

export function snapshotOf(files: readonly TextFile[]): Snapshot {
  const resources = files
    .filter(({ path }) => /\.(ya?ml|json)$/.test(path))
    .flatMap(({ path, text }) => flatten(parseText(path, text)))
    .filter(({ value }) => isRecord(value))
    .map(({ origin, value }) => new Resource(origin, value))
    .filter(({ kind }) => kind !== '');
  return new Map(resources.map((resource) => [identityOf(resource), resource]));
}

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

const ENVIRONMENTS = environments.map(({ name }) => name);

export const DIST = 'dist';

/** Two states to compare, and how to call that. */
export interface Sides {
  readonly title: string;
  /** Whether the second will take the place of the first; two environments are only compared, so nothing is at risk. */
  readonly replaces: boolean;
  /** What to call objects of `after` alone, and of `before` alone. @default - added, and removed */
  readonly headings?: { readonly added: string; readonly removed: string };
  readonly before: Snapshot;
  readonly after: Snapshot;
}

export async function sinceRevision(git: Git, revision: string): Promise<Sides> {
  const id = await git.resolve(revision);
  return {
    title: `${DIST}/ since ${revision === id ? '' : `${revision} `}${id.slice(0, 8)}`,
    replaces: true,
    before: snapshotOf(await filesAt(git, id, DIST)),
    after: snapshotOf(await filesNow(git.root, DIST)),
  };
}

/** One environment against another, with the names that contain the environment made equal. */
export async function betweenEnvironments(root: string, names: readonly [string, string]): Promise<Sides> {
  const [before, after] = names.map(environmentName);
  if (before === undefined || after === undefined || before === after)
    throw new Error(`compare two different environments out of ${ENVIRONMENTS.join(', ')}`);
  const files = await filesNow(root, DIST);
  const side = (name: string) => snapshotOf(filesOf(files, name));
  const headings = { added: `only in ${after}`, removed: `only in ${before}` };
  const sides = { title: `${before} -> ${after}`, replaces: false, headings, before: side(before), after: side(after) };
  for (const [name, snapshot] of [[before, sides.before] as const, [after, sides.after] as const])
    if (snapshot.size === 0) throw new Error(`${DIST}/ holds no manifests of ${name}: run npm run synth first`);
  return sides;
}

function environmentName(name: string): string {
  const known = ENVIRONMENTS.find((environment) => environment === name);
  if (known === undefined) throw new Error(`there is no environment '${name}': give one of ${ENVIRONMENTS.join(', ')}`);
  return known;
}

function filesOf(files: readonly TextFile[], environment: string): readonly TextFile[] {
  return files
    .filter(({ path }) => path.endsWith(`/${environment}.k8s.yaml`))
    .map(({ path, text }) => ({
      path: path.replace(`${environment}.`, 'ENV.'),
      text: withoutName(text, environment),
    }));
}

/** Names that contain the environment, made equal; what differs only because something else does is left out. */
function withoutName(text: string, environment: string): string {
  return text
    .replaceAll(`${project.name}-${environment}`, `${project.name}-ENV`)
    .replaceAll(new RegExp(`^ *(${CONSTRUCT}|checksum/[a-z]+): .*\\n`, 'gm'), '');
}

/** Fields that the cluster writes: they differ from every manifest and mean nothing to a reviewer. */
const WRITTEN_BY_CLUSTER = ['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'];

export interface ClusterDiffOptions {
  readonly root: string;
  readonly environment: string;
  readonly run: Run;
}

/**
 * What applying an environment would change in the cluster of the current context. The API server itself computes both sides
 * (`kubectl diff --server-side`: defaults, admission and field owners included); only the telling is ours.
 */
export async function againstCluster({ root, environment, run }: ClusterDiffOptions): Promise<Sides> {
  await new Kubectl(run, root).requireCluster();
  const folder = await mkdtemp(join(tmpdir(), 'cluster-diff-'));
  try {
    await Promise.all(['live', 'merged'].map((side) => mkdir(join(folder, side))));
    const file = `${DIST}/${environment}.k8s.yaml`;
    const { code, stderr } = await run('kubectl', ['diff', '--server-side', '--force-conflicts', '-f', file], {
      cwd: root,
      env: { KUBECTL_EXTERNAL_DIFF: join(import.meta.dirname, 'keep-sides.sh'), DIFF_SIDES: folder },
    });
    // kubectl: 0 no difference, 1 differences, above 1 a failure.
    if (code > 1) throw new Error(`kubectl diff of ${file} failed: ${stderr.trim()}\n${cureOf(stderr)}`);
    return {
      replaces: true,
      title: `the cluster -> ${file}`,
      before: snapshotOf(await sideOf(join(folder, 'live'), file)),
      after: snapshotOf(await sideOf(join(folder, 'merged'), file)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cureOf(stderr: string): string {
  return /namespaces? ".*" not found/.test(stderr)
    ? 'The environment was never applied to this cluster: there is nothing to compare with yet.'
    : 'Run npm run doctor to see what the cluster lacks.';
}

async function sideOf(folder: string, path: string): Promise<readonly TextFile[]> {
  const names = await readdir(folder);
  return Promise.all(
    names.sort().map(async (name) => ({
      path,
      text: dump(withoutClusterFields(load(await readFile(join(folder, name), 'utf8')))),
    })),
  );
}

function withoutClusterFields(value: unknown): unknown {
  if (!isRecord(value)) return value ?? {};
  const { status: _status, metadata, ...rest } = value;
  const kept = isRecord(metadata) ? Object.entries(metadata).filter(([key]) => !WRITTEN_BY_CLUSTER.includes(key)) : [];
  return { ...rest, metadata: Object.fromEntries(kept) };
}
