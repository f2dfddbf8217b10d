import { dump } from 'js-yaml';
import { isRecord, type Resource } from '../../guardrails/field.ts';

/** Kinds whose objects must be unique in the whole cluster under a name of their own. */
const RENAMED = new Set(['Namespace', 'PriorityClass', 'ClusterRole', 'ClusterRoleBinding']);

export interface TrialOptions {
  /** What the names of an environment begin with: `quotes-dev`. */
  readonly name: string;
  /** Put before them: `trial-quotes-dev`. */
  readonly prefix: string;
}

/**
 * A copy of an environment that can live beside the real one: its namespaces and cluster-wide names carry a prefix,
 * and what only one may have (a node port, a host) is given up.
 */
export function trialOf(objects: readonly Resource[], { name, prefix }: TrialOptions): string {
  const documents = objects
    .filter(({ kind }) => kind !== 'Ingress')
    .map((object) => dump(withoutNodePort(object.root.value), { noRefs: true, lineWidth: -1 }));
  return documents.map((text) => `---\n${text.replaceAll(name, `${prefix}-${name}`)}`).join('');
}

/** What a trial leaves in the cluster, as `kubectl delete` takes it: `namespace/trial-quotes-dev`. */
export function traces(objects: readonly Resource[], { name, prefix }: TrialOptions): readonly string[] {
  return objects
    .filter(({ kind }) => RENAMED.has(kind))
    .map((object) => `${object.kind.toLowerCase()}/${object.name.replaceAll(name, `${prefix}-${name}`)}`);
}

/**
 * The objects as one manifest for a dry run. A namespace that does not exist yet cannot take a dry run:
 * its objects are tried in `default` instead.
 */
export function dryRunManifest(objects: readonly Resource[], existing: ReadonlySet<string>): string {
  return objects
    .map((object) => `---\n${dump(inExisting(object, existing), { noRefs: true, lineWidth: -1 })}`)
    .join('');
}

function inExisting(object: Resource, existing: ReadonlySet<string>): unknown {
  const { value } = object.root;
  if (!isRecord(value) || object.namespace === '' || existing.has(object.namespace)) return value;
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  return { ...value, metadata: { ...metadata, namespace: 'default' } };
}

function withoutNodePort(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'nodePort' ? undefined : inner)));
}
