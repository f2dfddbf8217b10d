import { inspect } from 'node:util';
import { closest as closestOf, distance } from 'fastest-levenshtein';
import * as z from 'zod';
import { groupBy } from '../constructs/lists.ts';

/**
 * What of a value does not fit its schema, all of it at once, as `path problem; what to do`: synthesis runs without the compiler,
 * so that a field which somebody forgot, misspelt or wrote as text must still be reported by its name.
 */
export function shapeProblems(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value, { reportInput: true, error: wording });
  return (error?.issues ?? []).flatMap(sentences);
}

/** Words of our own where the schema gives none: of a field that is not known, the names of those that are. */
function wording({ code, inst }: z.core.$ZodRawIssue): string | undefined {
  if (code === 'unrecognized_keys' && inst instanceof z.ZodObject) return Object.keys(inst.shape).join(', ');
  return code === 'too_small' ? 'is empty; give it at least one' : undefined;
}

function sentences(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String).join('.');
  const at = (sentence: string) => `${path}${path === '' ? '' : ' '}${sentence}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(
        (key) => `${[...issue.path, key].map(String).join('.')} ${unknownField(key, issue.message)}`,
      );
    case 'invalid_type':
      if (issue.input === undefined) return [at(MISSING)];
      return [at(`is ${shown(issue.input)}; ${FIXES[issue.expected] ?? 'give it its fields'}`)];
    case 'invalid_value':
      return [at(issue.input === undefined ? MISSING : wordSentence(issue.input, issue.values.map(String)))];
    case 'invalid_union':
      if (issue.discriminator !== undefined) return [at(unionSentence(issue)).replace(/\bkind kind\b/, 'kind')];
      return nearest(issue).flatMap((inner) => sentences({ ...inner, path: [...issue.path, ...inner.path] }));
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
  const { discriminator = '' } = issue;
  const given =
    typeof issue.input === 'object' && issue.input !== null ? Reflect.get(issue.input, discriminator) : issue.input;
  return `${discriminator} ${shown(given)} is unknown; choose one of ${kinds.join(', ')}${closest(String(given), kinds)}`;
}

/** Of what fits none of several shapes: what keeps it from the one that it is most like. */
function nearest({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] {
  const isOtherType = ({ path, code }: z.core.$ZodIssue) => path.length === 0 && code !== 'unrecognized_keys';
  const [first = [], ...others] = errors.toSorted((a, b) => a.length - b.length);
  return [first, ...others].find((issues) => !issues.some(isOtherType)) ?? first;
}

function unknownField(key: string, known: string): string {
  const meant = closest(key, known.split(', '));
  return `is not a field that is known here${meant === '' ? `; take it out, or choose one of ${known}` : meant}`;
}

/** A text in quotes, so that `'1024'` is not taken for a number. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 5, maxStringLength: 80 });
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
  return best !== undefined && distance(given, best) <= Math.min(2, given.length / 2)
    ? `; did you mean '${best}'?`
    : '';
}
