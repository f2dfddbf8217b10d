/** Deeper than any API type goes; a recursive walk over more may exhaust the stack. */
const DEPTH_AT_MOST = 200;
/** Values in one document once its aliases are expanded: some hundred times the largest object that etcd stores. */
const VALUES_AT_MOST = 1_000_000;

interface Extent {
  readonly values: number;
  readonly depth: number;
}

/**
 * Refuses a document that is small as text and huge once its aliases are expanded, one that contains itself, and one nested too deeply. Every
 * value is visited once, however often it is referred to, so that the check itself cannot be attacked.
 */
export function assertBounded(document: unknown): void {
  measure(document, new Map());
}

/** `known` holds what is measured, and undefined for what is being measured: meeting that again is a cycle. */
function measure(value: unknown, known: Map<object, Extent | undefined>): Extent {
  if (typeof value !== 'object' || value === null) return { values: 1, depth: 0 };
  const before = known.get(value);
  if (before) return before;
  if (known.has(value)) throw new Error('an anchor contains itself');
  known.set(value, undefined);
  const parts = Object.values(value).map((item) => measure(item, known));
  const extent = {
    values: parts.reduce((sum, part) => sum + part.values, 1),
    depth: parts.reduce((deepest, part) => Math.max(deepest, part.depth), 0) + 1,
  };
  if (extent.values > VALUES_AT_MOST) throw new Error(`its aliases expand to more than ${VALUES_AT_MOST} values`);
  if (extent.depth > DEPTH_AT_MOST) throw new Error(`nested more than ${DEPTH_AT_MOST} levels deep`);
  known.set(value, extent);
  return extent;
}
