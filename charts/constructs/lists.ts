/** The items where the condition holds, else none: what of a list depends on a choice. */
export function when<T>(condition: boolean, ...items: readonly T[]): readonly T[] {
  return condition ? items : [];
}

/** What is wrong: of these sentences, the ones whose condition holds. */
export function problemsWhere(conditions: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(conditions).filter((sentence) => conditions[sentence] === true);
}

/** The items by what they have in common, in the order of first mention. Node 20 has no Map.groupBy. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
