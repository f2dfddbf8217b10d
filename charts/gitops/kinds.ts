import type { Manifest } from '../plan/manifest.ts';

/** A kind of object, as an AppProject lists it. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** What an installation may create: nothing that is not in these lists. */
export interface AllowedKinds {
  readonly cluster: readonly GroupKind[];
  readonly namespaced: readonly GroupKind[];
}

/** The kinds of these objects, each once and in order: read off what is synthesized, so that the list cannot drift. */
export function kindsOf(objects: readonly Manifest[]): AllowedKinds {
  return {
    cluster: distinct(objects.filter((object) => !isNamespaced(object))),
    namespaced: distinct(objects.filter(isNamespaced)),
  };
}

/** Every object of ours that can have a namespace names it. */
function isNamespaced({ metadata }: Manifest): boolean {
  return typeof metadata === 'object' && metadata !== null && 'namespace' in metadata;
}

function distinct(objects: readonly Manifest[]): readonly GroupKind[] {
  const kinds = new Map(
    objects.map(({ apiVersion, kind }) => [`${groupOf(apiVersion)}/${kind}`, groupKind(apiVersion, kind)]),
  );
  return [...kinds].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, entry]) => entry);
}

function groupKind(apiVersion: unknown, kind: unknown): GroupKind {
  return { group: groupOf(apiVersion), kind: String(kind) };
}

/** Empty for the core group, whose version stands alone. */
function groupOf(apiVersion: unknown): string {
  const text = String(apiVersion);
  return text.includes('/') ? text.slice(0, text.indexOf('/')) : '';
}
