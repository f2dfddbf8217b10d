/** A value as far as it is there: what is missing is nobody's duplicate. */
type Value = string | number | null | undefined;

/** Values that stand more than once, each with the places it stands in. */
export function duplicates<T>(items: readonly T[], pick: (item: T) => Value, placeOf: (item: T) => string) {
  const places = new Map<string, string[]>();
  for (const item of items) {
    const value = pick(item);
    if (value === null || value === undefined) continue;
    const found = places.get(String(value));
    if (found === undefined) places.set(String(value), [placeOf(item)]);
    else found.push(placeOf(item));
  }
  return [...places].filter(([, found]) => found.length > 1).map(([value, found]) => ({ value, places: found }));
}
