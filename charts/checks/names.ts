/** RFC 1123 label: what Kubernetes takes as the name of a Namespace; that of a Service begins with a letter besides (RFC 1035). */
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What is wrong with a name as a DNS label, and what to do; nothing where it is one. */
export function labelProblems(what: string, name: string): string[] {
  if (DNS_LABEL.test(name)) return [];
  return [
    `${what} '${name}' is not a DNS label; use 1 to 63 lower-case letters, digits and '-', with a letter or digit at both ends`,
  ];
}

/** The same for a host: labels joined by dots, at most 253 characters. */
export function hostProblems(what: string, host: string): string[] {
  if (host.length <= 253 && host.split('.').every((label) => DNS_LABEL.test(label))) return [];
  return [`${what} '${host}' is not a DNS name; use DNS labels joined by '.', for example quotes.example.com`];
}

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
