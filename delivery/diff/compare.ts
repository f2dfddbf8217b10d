import { isDeepStrictEqual } from 'node:util';
import { formatPath, isRecord, type Key, type Resource } from '../../guardrails/field.ts';
import type { Snapshot } from './snapshot.ts';

export interface Added {
  readonly kind: 'added';
  readonly after: Resource;
}

export interface Removed {
  readonly kind: 'removed';
  readonly before: Resource;
}

export interface Changed {
  readonly kind: 'changed';
  readonly before: Resource;
  readonly after: Resource;
  readonly fields: readonly FieldChange[];
}

export type Change = Added | Removed | Changed;

/** The object that a change is about: as it will be, or as it was when it goes. */
export function objectOf(change: Change): Resource {
  return change.kind === 'removed' ? change.before : change.after;
}

/** What differs between two snapshots, in the order of the manifests: first what changes or comes, then what goes. */
export function compareSnapshots(before: Snapshot, after: Snapshot): readonly Change[] {
  const present = [...after].flatMap(([identity, now]): Change[] => {
    const was = before.get(identity);
    if (was === undefined) return [{ kind: 'added', after: now }];
    const fields = compareFields(was.root.value, now.root.value);
    return fields.length === 0 ? [] : [{ kind: 'changed', before: was, after: now, fields }];
  });
  const gone = [...before].filter(([identity]) => !after.has(identity));
  return [...present, ...gone.map(([, was]): Removed => ({ kind: 'removed', before: was }))];
}

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
export const same = isDeepStrictEqual;

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

const LONGEST = 120;

/** A change of a field as one line: `spec.replicas: 3 -> 1`. Values of Secrets never appear in a report. */
export function showField(resource: Resource, { path, before, after }: FieldChange): string {
  const value = isSecret(resource, path) ? redacted : showValue;
  if (before === undefined) return `${formatPath(path)}: + ${value(after)}`;
  if (after === undefined) return `${formatPath(path)}: - ${value(before)}`;
  if (isHash(before) && isHash(after)) return `${formatPath(path)}: ${before.slice(0, 8)}… -> ${after.slice(0, 8)}…`;
  if (value === showValue && isText(before) && isText(after)) return `${formatPath(path)}: ${showLines(before, after)}`;
  return `${formatPath(path)}: ${value(before)} -> ${value(after)}`;
}

/** Two texts of several lines: the first line that differs, and how many more do. */
function showLines(before: string, after: string): string {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const gone = was.filter((line) => !is.includes(line));
  const come = is.filter((line) => !was.includes(line));
  const more = Math.max(gone.length, come.length) - 1;
  const rest = more > 0 ? ` (and ${more} more ${more === 1 ? 'line' : 'lines'})` : '';
  return `${showStep(firstText(gone), firstText(come))}${rest}`;
}

/** The first line that says something: braces and blank lines say nothing to a reader. */
function firstText(lines: readonly string[]): string | undefined {
  return (lines.find((line) => /\w/.test(line)) ?? lines[0])?.trim();
}

function showStep(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return after === undefined ? 'the same lines in another order' : `+ ${showValue(after)}`;
  return after === undefined ? `- ${showValue(before)}` : `${showValue(before)} -> ${showValue(after)}`;
}

/** A checksum only says that something else differs: its beginning is enough. */
function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\n');
}

export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value.replaceAll('\n', '\\n') : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}… (${text.length} characters)`;
}

function isSecret(resource: Resource, [first]: FieldChange['path']): boolean {
  return resource.kind === 'Secret' && resource.group === '' && (first === 'data' || first === 'stringData');
}

function redacted(value: unknown): string {
  return isRecord(value) ? `{${Object.keys(value).join(', ')}: hidden}` : '(hidden)';
}

/** `danger` can lose data or fail to apply, `caution` lowers a guard or a capacity, `rollout` restarts pods. */
export type RiskLevel = 'danger' | 'caution' | 'rollout';

/** The levels from worst to mildest: the order of every report. */
export const RISK_LEVELS: readonly RiskLevel[] = ['danger', 'caution', 'rollout'];

export interface Risk {
  readonly level: RiskLevel;
  readonly change: Change;
  /** What happens, with the values: `spec.replicas 3 -> 1`. */
  readonly message: string;
  readonly advice: string;
}

/** Finds one kind of risk; sees all changes, for some risks are about two of them. */
export type RiskFinder = (changes: readonly Change[]) => readonly Risk[];
