/** Deeper than any API type goes; a recursive walk over more may exhaust the stack. */
export const DEPTH_AT_MOST = 200;

interface Walk {
  readonly seen: Set<object>;
  /** What the walk is within: meeting that again is a cycle. */
  readonly open: Set<object>;
  values: number;
  /** Values that stand within an alias. */
  aliased: number;
  /** How many aliases the walk is within. */
  aliases: number;
}

/**
 * Refuses what Go's YAML refuses after parsing: a document that is small as text and huge once its aliases are expanded, one that contains
 * itself, a key that is a map, a number that JSON has not; and what is nested too deeply to walk. The expanded document is walked only until
 * its aliases outweigh the rest.
 */
export function assertBounded(document: unknown): void {
  visit(document, { seen: new Set(), open: new Set(), values: 0, aliased: 0, aliases: 0 });
}

function visit(value: unknown, walk: Walk): void {
  walk.values += 1;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${value} is not a number that JSON has`);
  if (typeof value !== 'object' || value === null) {
    if (walk.aliases > 0) walk.aliased += 1;
    return;
  }
  if (walk.open.has(value)) throw new Error('an anchor contains itself');
  if (walk.open.size > DEPTH_AT_MOST) throw new Error(`nested more than ${DEPTH_AT_MOST} levels deep`);
  const alias = walk.seen.has(value) ? 1 : 0;
  walk.aliases += alias;
  if (walk.aliases > 0) walk.aliased += 1;
  if (walk.aliased > 100 && walk.values > 1000 && walk.aliased / walk.values > ratio(walk.values))
    throw new Error('its aliases expand to far more than it holds');
  walk.seen.add(value);
  walk.open.add(value);
  for (const [key, item] of Object.entries(value)) {
    if (key === '[object Object]') throw new Error('a map in braces stands where a word must, as in templates');
    visit(item, walk);
  }
  walk.open.delete(value);
  walk.aliases -= alias;
}

/** The share of aliased values that Go's YAML allows: 99 % of a small document, 10 % of one with four million values. */
function ratio(values: number): number {
  const [few, many] = [400_000, 4_000_000];
  if (values <= few) return 0.99;
  return values >= many ? 0.1 : 0.99 - (0.89 * (values - few)) / (many - few);
}
