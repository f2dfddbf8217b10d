import { environments } from '../../charts/environments/all.ts';
import { project } from '../../charts/project.ts';
import { CONSTRUCT } from '../../guardrails/annotations.ts';
import type { Git } from '../git.ts';
import { filesAt, filesNow, type Snapshot, snapshotOf, type TextFile } from './snapshot.ts';

const ENVIRONMENTS = environments.map(({ name }) => name);

/** Folder of the rendered manifests. */
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

/** dist/ as it is now against a revision. */
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
