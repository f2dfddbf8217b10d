/** Shorter ones are copies already. */
const SHORTEST_SLICE = 13;

/**
 * The same value without texts that are cut out of a file: each of those keeps all that it was cut out of in memory. What has several lines was
 * put together of them.
 * @param known copies, which equal texts share
 */
export function withOwnTexts(value: unknown, known: Map<string, string>): unknown {
  if (typeof value === 'string')
    return value.length < SHORTEST_SLICE || value.includes('\n') ? value : copy(value, known);
  if (typeof value !== 'object' || value === null) return value;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    const item = holder[key];
    const own = withOwnTexts(item, known);
    if (typeof own === 'string') holder[key] = own;
  }
  return value;
}

function copy(text: string, known: Map<string, string>): string {
  const found = known.get(text) ?? String(JSON.parse(JSON.stringify(text)));
  known.set(found, found);
  return found;
}
