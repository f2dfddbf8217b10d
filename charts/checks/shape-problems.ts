import { closest } from './closest.ts';
import type { AnyFields, AnyShape } from './shape.ts';

/** What each leaf accepts, and what to write instead. */
const LEAVES: Readonly<Record<string, readonly [type: string, fix: string]>> = {
  boolean: ['boolean', 'write true or false'],
  number: ['number', 'give it a number, without quotes or a unit'],
  text: ['string', 'give it a text'],
};

/**
 * Fields that are absent, unknown or of another type: what the compiler refuses, and plain JavaScript or a cast lets through.
 * Optional fields may be absent, but not present without a value.
 */
export function shapeProblems(value: unknown, shape: AnyShape, path = ''): string[] {
  if (value === undefined || Number.isNaN(value)) return [`${path} is missing (${value}); give it a value`];
  if (shape === 'anything' || shape === true) return [];
  if (typeof shape === 'string') {
    const [type, fix] = LEAVES[shape] ?? [];
    return typeof value === type ? [] : [`${path} is ${shown(value)}; ${fix}`];
  }
  const { optional, orNull, oneOf, listOf, mapOf } = shape;
  if (optional !== undefined) return shapeProblems(value, optional, path);
  if (orNull !== undefined) return value === null ? [] : shapeProblems(value, orNull, path);
  if (oneOf !== undefined) return wordProblems(value, Object.keys(oneOf), path);
  if (listOf !== undefined) {
    if (!Array.isArray(value)) return [`${path} is ${shown(value)}; give it a list`];
    return value.flatMap((item, index) => shapeProblems(item, listOf, `${path}.${index}`));
  }
  if (value === null || typeof value !== 'object') return [`${path} is ${shown(value)}; give it its fields`];
  const entries = Object.entries(value);
  if (mapOf !== undefined) return entries.flatMap(([key, item]) => shapeProblems(item, mapOf, `${path}.${key}`));
  return recordProblems(new Map(entries), shape, path === '' ? '' : `${path}.`);
}

function recordProblems(record: ReadonlyMap<string, unknown>, shape: AnyFields, prefix: string): string[] {
  const variants = shape['byKind'];
  if (variants === undefined) return fieldProblems(record, shape, prefix);
  const kinds = variants as Readonly<Record<string, AnyFields>>;
  const kind = record.get('kind');
  const fields = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (fields === undefined) {
    return [`${prefix}kind '${kind}' is unknown; choose one of ${Object.keys(kinds).join(', ')}`];
  }
  return fieldProblems(record, { kind: 'text', ...fields }, prefix);
}

function fieldProblems(record: ReadonlyMap<string, unknown>, fields: AnyFields, prefix: string): string[] {
  const known = Object.keys(fields);
  const unknown = [...record.keys()]
    .filter((key) => !Object.hasOwn(fields, key))
    .map((key) => `${prefix}${key} is no field here (${known.join(', ')})${closest(key, known) || '; take it out'}`);
  const wrong = Object.entries(fields)
    .filter(([key, shape]) => record.has(key) || !isOptional(shape))
    .flatMap(([key, shape]) => shapeProblems(record.get(key), shape, `${prefix}${key}`));
  return [...wrong, ...unknown];
}

function wordProblems(value: unknown, words: readonly string[], path: string): string[] {
  const given = String(value);
  if (words.includes(given)) return [];
  return [`${path} is ${shown(value)}; choose one of ${words.join(', ')}${closest(given, words)}`];
}

function isOptional(shape: AnyShape): boolean {
  return typeof shape === 'object' && 'optional' in shape;
}

/** A text in quotes, so that `'1024'` is not taken for a number. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
