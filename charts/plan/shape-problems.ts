import { closest as closestOf, distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { groupBy } from '../constructs/lists.ts';

/**
 * What of a value does not fit its schema, all of it at once, as `path problem; what to do`: synthesis runs without the compiler,
 * so that a field which somebody forgot, misspelt or wrote as text must still be reported by its name.
 */
export function shapeProblems(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value, { reportInput: true });
  return (error?.issues ?? []).flatMap((issue) => sentences(issue, value));
}

function sentences(issue: z.core.$ZodIssue, root: unknown): string[] {
  const path = issue.path.map(String).join('.');
  const at = (sentence: string) => `${path}${path === '' ? '' : ' '}${sentence}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField([...issue.path, key].map(String), valueAt(root, issue.path)));
    case 'invalid_type':
      if (issue.input === undefined || Number.isNaN(issue.input)) return [at(MISSING)];
      return [at(`is ${shown(issue.input)}; ${FIXES[issue.expected] ?? 'give it its fields'}`)];
    case 'invalid_value':
      return [at(issue.input === undefined ? MISSING : wordSentence(issue.input, issue.values.map(String)))];
    case 'invalid_union':
      return [at(unionSentence(issue)).replace(/\bkind kind\b/, 'kind')];
    case 'invalid_key':
      return issue.issues.map(({ message }) => at(message));
    default:
      return [at(issue.message)];
  }
}

const MISSING = 'is missing; give it a value';

const FIXES: Readonly<Record<string, string>> = {
  boolean: 'write true or false',
  number: 'give it a number, without quotes or a unit',
  string: 'give it a text',
  array: 'give it a list',
};

function wordSentence(input: unknown, words: readonly string[]): string {
  return `is ${shown(input)}; choose one of ${words.join(', ')}${closest(String(input), words)}`;
}

function unionSentence(issue: z.core.$ZodIssueInvalidUnion): string {
  const kinds = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  const { discriminator } = issue;
  if (discriminator === undefined) return issue.message;
  const given =
    typeof issue.input === 'object' && issue.input !== null ? Reflect.get(issue.input, discriminator) : issue.input;
  return `${discriminator} ${shown(given)} is unknown; choose one of ${kinds.join(', ')}${closest(String(given), kinds)}`;
}

function unknownField(path: readonly string[], holder: unknown): string {
  const known = typeof holder === 'object' && holder !== null ? Object.keys(holder) : [];
  const others = known.filter((other) => other !== path.at(-1));
  return `${path.join('.')} is not a field that is known here (beside ${others.join(', ')}); take it out or correct its name`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    root,
  );
}

/** A text in quotes, so that `'1024'` is not taken for a number. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A value as far as it is there: what is missing is nobody's duplicate. */
type Value = string | number | null | undefined;

/** Values that stand more than once, each with the places it stands in. */
export function duplicates<T>(items: readonly T[], pick: (item: T) => Value, placeOf: (item: T) => string) {
  const present = items.filter((item) => (pick(item) ?? null) !== null);
  return [...groupBy(present, (item) => String(pick(item)))]
    .filter(([, found]) => found.length > 1)
    .map(([value, found]) => ({ value, places: found.map(placeOf) }));
}

/** `; did you mean 'users'?` where one of the known names is near enough to be a slip of the keyboard, else nothing. */
export function closest(given: string, known: readonly string[]): string {
  const best = known.length === 0 ? undefined : closestOf(given, known);
  return best !== undefined && distance(given, best) <= 2 ? `; did you mean '${best}'?` : '';
}
