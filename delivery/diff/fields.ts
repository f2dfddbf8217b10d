import { isRecord, type Key } from '../../guardrails/field.ts';

/** One field that differs; undefined stands for "not there". */
export interface FieldChange {
  readonly path: readonly Key[];
  readonly before: unknown;
  readonly after: unknown;
}

/** Fields by which the API server (or a reader) tells the items of a list apart; the first that all items have counts. */
const ITEM_KEYS = ['name', 'key', 'containerPort', 'mountPath', 'topologyKey', 'host', 'path'] as const;

/** Every field that differs, in the order of the manifest. Items of a list are matched by their name, not by their place. */
export function compareFields(before: unknown, after: unknown, path: readonly Key[] = []): readonly FieldChange[] {
  if (isRecord(before) && isRecord(after)) return compareMaps(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path);
  return same(before, after) ? [] : [{ path, before, after }];
}

/** Whether two values are the same manifest, whatever the order of keys. */
export function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

function compareMaps(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: readonly Key[],
): readonly FieldChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => compareFields(before[key], after[key], [...path, key]));
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly Key[],
): readonly FieldChange[] {
  const by = ITEM_KEYS.find((key) => identifies(before, key) && identifies(after, key));
  if (by !== undefined) {
    const index = (list: readonly unknown[]) =>
      Object.fromEntries(list.map((item) => [String(isRecord(item) ? item[by] : ''), item]));
    return compareMaps(index(before), index(after), path);
  }
  return compareSets(before, after, path);
}

/** Lists without names: what went and what came; one of each is one item that changed. */
function compareSets(
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly Key[],
): readonly FieldChange[] {
  const gone = before.flatMap((item, index) => (after.some((other) => same(item, other)) ? [] : { item, index }));
  const come = after.flatMap((item, index) => (before.some((other) => same(item, other)) ? [] : { item, index }));
  const [from, to] = [gone[0], come[0]];
  if (from && to && gone.length === 1 && come.length === 1)
    return compareFields(from.item, to.item, [...path, to.index]);
  return [
    ...gone.map(({ item, index }) => ({ path: [...path, index], before: item, after: undefined })),
    ...come.map(({ item, index }) => ({ path: [...path, index], before: undefined, after: item })),
  ];
}

function identifies(list: readonly unknown[], key: string): boolean {
  const values = list.map((item) => (isRecord(item) ? item[key] : undefined));
  return (
    values.every((value) => typeof value === 'string' || typeof value === 'number') &&
    new Set(values.map(String)).size === values.length
  );
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
    ) ?? 'undefined'
  );
}
