import { isRecord, type Key } from '../field.ts';
import { oncePerPlatform } from '../memo.ts';
import { parseQuantity } from '../quantity.ts';
import type { Resource } from '../resource.ts';
import type { Ref, Shape } from './model.ts';
import { shapeAt, shapeOfKind } from './schemas.ts';

/** Where an object departs from the shape of its kind. */
export type Departure = {
  readonly resource: Resource;
  readonly path: readonly Key[];
} & (
  | { readonly is: 'unknown'; readonly known: readonly string[] }
  | { readonly is: 'newer' }
  | { readonly is: 'missing'; readonly field: string }
  | { readonly is: 'type'; readonly wanted: string; readonly value: unknown }
  | { readonly is: 'word'; readonly words: readonly string[]; readonly value: string }
);

/** Every departure of every object whose kind is known; walked once for all rules that ask. */
export const departures = oncePerPlatform((platform): readonly Departure[] => platform.resources.flatMap(compare));

type Report = (path: readonly Key[], departure: Detail) => void;
type Detail = Departure extends infer One ? (One extends Departure ? Omit<One, 'resource' | 'path'> : never) : never;

function compare(resource: Resource): readonly Departure[] {
  const shape = shapeOfKind(resource.apiVersion, resource.kind);
  if (shape === undefined) return [];
  const all: Departure[] = [];
  const report: Report = (path, detail) => all.push({ ...detail, resource, path: [...path] } as Departure);
  walk(resource.root.value, shape, [], report);
  return all;
}

/** `path` is one array that grows and shrinks with the walk, so that an object without a departure costs no garbage. */
function walk(value: unknown, shape: Shape, path: Key[], report: Report): void {
  if (value === null || value === undefined || shape === 'any') return;
  if (typeof shape === 'string') {
    if (!isScalar(value, shape)) report(path, { is: 'type', wanted: WANTED[shape], value });
  } else if ('enum' in shape) {
    walkWord(value, shape.enum, path, report);
  } else if ('list' in shape) {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) step(item, shape.list, index, path, report);
    else report(path, { is: 'type', wanted: 'a list', value });
  } else if (!isRecord(value)) {
    report(path, { is: 'type', wanted: 'a map', value });
  } else if ('map' in shape) {
    for (const [key, item] of Object.entries(value)) step(item, shape.map, key, path, report);
  } else {
    walkFields(value, shape, path, report);
  }
}

function walkFields(
  value: Readonly<Record<string, unknown>>,
  shape: Extract<Shape, { fields: unknown }>,
  path: Key[],
  report: Report,
): void {
  for (const [key, item] of Object.entries(value)) {
    const ref = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (shape.newer?.includes(key) && item !== null) report([...path, key], { is: 'newer' });
    if (ref !== undefined) step(item, ref, key, path, report);
    else report([...path, key], { is: 'unknown', known: Object.keys(shape.fields) });
  }
  for (const field of shape.required ?? []) {
    if (path.length === 0 && IDENTITY.has(field)) continue;
    if (value[field] === undefined || value[field] === null) report(path, { is: 'missing', field });
  }
}

/** What the rule `identity` asks for. */
const IDENTITY = new Set(['apiVersion', 'kind', 'metadata']);

function step(value: unknown, ref: Ref, key: Key, path: Key[], report: Report): void {
  path.push(key);
  walk(value, shapeAt(ref), path, report);
  path.pop();
}

function walkWord(value: unknown, words: readonly string[], path: Key[], report: Report): void {
  if (typeof value !== 'string') report(path, { is: 'type', wanted: 'text', value });
  else if (!words.includes(value)) report(path, { is: 'word', words, value });
}

type ScalarShape = Exclude<Extract<Shape, string>, 'any'>;

const WANTED: Readonly<Record<ScalarShape, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  quantity: 'a quantity such as 250m or 1.5Gi',
  'int-or-string': 'a number or text',
};

function isScalar(value: unknown, shape: ScalarShape): boolean {
  switch (shape) {
    case 'integer':
      return Number.isInteger(value);
    case 'quantity':
      return parseQuantity(value) !== undefined;
    case 'int-or-string':
      return typeof value === 'string' || typeof value === 'number';
    default:
      return typeof value === shape;
  }
}
