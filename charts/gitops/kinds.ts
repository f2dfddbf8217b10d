import { isClusterScoped } from '../../guardrails/scope.ts';

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
export function kindsOf(objects: readonly Readonly<Record<string, unknown>>[]): AllowedKinds {
  const kinds = new Map<string, GroupKind>();
  for (const { apiVersion, kind } of objects) {
    const group = String(apiVersion).includes('/') ? String(apiVersion).replace(/\/.*$/, '') : '';
    kinds.set(`${group}/${kind}`, { group, kind: String(kind) });
  }
  const sorted = [...kinds].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, entry]) => entry);
  return { cluster: sorted.filter(isClusterScoped), namespaced: sorted.filter((entry) => !isClusterScoped(entry)) };
}
