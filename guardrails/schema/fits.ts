import { attempt } from '../attempt.ts';
import { type Field, isRecord, type Resource } from '../field.ts';
import { findsPattern } from '../pattern.ts';
import type { Platform } from '../platform.ts';
import { parseQuantity } from '../quantity.ts';
import type { Problem } from '../rule.ts';
import { didYouMean } from '../suggest.ts';
import { definitionOf, type JsonSchema, schemaNamed, visitWithSchema } from './api.ts';

/** Where an object departs from the official schema of its kind, or from the one that its definition gives. Nothing for unknown kinds. */
export function departures(resource: Resource, platform: Platform): readonly Problem[] {
  const definition = definitionOf(resource.apiVersion, resource.kind);
  if (definition !== undefined) return departuresFrom(schemaNamed(definition), resource, false);
  const schema = schemaOf(resource, platform.ofKind('CustomResourceDefinition'));
  // A definition that is wrong itself says nothing of its objects.
  return (schema && attempt(() => departuresFrom(schema, resource, true))) ?? [];
}

function departuresFrom(schema: JsonSchema, { root }: Resource, isCustom: boolean): readonly Problem[] {
  const problems: Problem[] = [];
  visitWithSchema(root, schema, ({ at, schema: own }) => {
    // What `null` says is that the field is not there, which the server takes.
    if (!at.exists) return;
    if (!hasType(at.value, own.type)) problems.push(wrongType(at, [own.type].flat()));
    else if (typeof at.value === 'object') problems.push(...wrongFields(at, own, isCustom));
    problems.push(...wrongValue(at, own));
  });
  return problems;
}

/** What a definition that was given too says of its objects. */
function schemaOf({ group, kind, apiVersion }: Resource, given: readonly Resource[]): JsonSchema | undefined {
  const own = given.find(
    (one) => one.at('spec', 'group').text === group && one.at('spec', 'names', 'kind').text === kind,
  );
  const version = own?.at('spec', 'versions').items.find((one) => apiVersion === `${group}/${one.at('name').text}`);
  const schema = version?.at('schema', 'openAPIV3Schema').value;
  return isRecord(schema) ? schema : undefined;
}

/** What the API server checks itself, whatever the schema says. */
const IDENTITY = ['apiVersion', 'kind', 'metadata'];

/** Required by the official schema, and filled in by the server. */
const DEFAULTED = /^roleRef\.apiGroup$|\.onPodConditions\[\d+\]\.status$/;

/** What lets a custom resource have any field. */
const OPENING = ['additionalProperties', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'];

function* wrongFields(at: Field, schema: JsonSchema, isCustom: boolean): Iterable<Problem> {
  if (!isRecord(at.value)) return;
  const isRoot = at.path.length === 0;
  for (const field of schema.required ?? []) {
    // Of a custom resource the server fills in what has a default before it asks what is missing.
    const hasDefault = isCustom && schema.properties?.[field]?.['default'] !== undefined;
    const isFilledIn = hasDefault || DEFAULTED.test(String(at.at(field)));
    if (at.at(field).exists || isFilledIn || (isRoot && IDENTITY.includes(field))) continue;
    yield { at, message: `${field} is missing`, fix: `Set ${String(at.at(field))}.` };
  }
  const isOpen = isCustom
    ? OPENING.some((key) => schema[key] !== undefined && schema[key] !== false)
    : schema.additionalProperties !== false;
  const known = Object.keys(schema.properties ?? {});
  if (isOpen || (isCustom && known.length === 0)) return;
  for (const [field, below] of at.entries) {
    if (known.includes(field) || !below.exists || (isCustom && isRoot && IDENTITY.includes(field))) continue;
    const message = `${field} is not a field of ${String(at) || at.resource.kind}`;
    yield { at: below, message, fix: didYouMean(field, known, 'Remove it, or move it to where it belongs.') };
  }
}

/** What a value of the right type must be beside. */
function* wrongValue(at: Field, schema: JsonSchema): Iterable<Problem> {
  const { value } = at;
  const words = schema.enum?.map(String) ?? [];
  if (words.length > 0 && !words.includes(String(value))) {
    const fix = didYouMean(String(value), words, 'Write one of these.');
    yield { at, message: `is ${brief(value)}, which is none of ${words.join(', ')}`, fix };
  }
  for (const [keyword, isWithin, said] of BOUNDS) {
    const bound = schema[keyword];
    if (typeof bound !== 'number' || isWithin(sizeOf(value), bound)) continue;
    yield { at, message: `is ${brief(value)}, but must ${said} ${bound}`, fix: 'Write such a value.' };
  }
  const [isFormatted, wanted] = FORMATS[schema.format ?? ''] ?? [() => true, ''];
  if (!isFormatted(value))
    yield { at, message: `is ${brief(value)}, but must be ${wanted}`, fix: 'Write such a value.' };
  if (typeof value === 'string' && schema.pattern !== undefined && !findsPattern(schema.pattern, value))
    yield { at, message: `is ${brief(value)}, but must match pattern "${schema.pattern}"`, fix: 'Write such a value.' };
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  return Array.isArray(value) ? value.length : Number(value);
}

const atLeast = (size: number, bound: number) => size >= bound;
const atMost = (size: number, bound: number) => size <= bound;

const BOUNDS = [
  ['minimum', atLeast, 'be at least'],
  ['maximum', atMost, 'be at most'],
  ['minLength', atLeast, 'have a length of at least'],
  ['maxLength', atMost, 'have a length of at most'],
  ['minItems', atLeast, 'have a length of at least'],
  ['maxItems', atMost, 'have a length of at most'],
] as const;

const FORMATS: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  quantity: [(value) => parseQuantity(value) !== undefined, 'a quantity such as 250m or 1.5Gi'],
  int32: [(value) => typeof value !== 'number' || Math.abs(value) <= 2 ** 31, 'a whole number of 32 bits'],
  byte: [(value) => /^[A-Za-z\d+/=\s]*$/.test(String(value)), 'base64'],
  'date-time': [(value) => !Number.isNaN(Date.parse(String(value))), 'a time such as 2026-01-31T12:00:00Z'],
};

const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  array: 'a list',
  object: 'a map',
};

function hasType(value: unknown, type: JsonSchema['type']): boolean {
  return type === undefined || [type].flat().some((one) => isOfType(value, one));
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isRecord(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function wrongType(at: Field, types: readonly (string | undefined)[]): Problem {
  const wanted = types.map((type) => WANTED[type ?? ''] ?? type).join(' or ');
  const isQuoted = wanted === 'text' && typeof at.value !== 'object';
  const fix = isQuoted ? `Quote it: "${String(at.value)}".` : `Write ${wanted}.`;
  return { at, message: `is ${brief(at.value)}, but must be ${wanted}`, fix };
}

function brief(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `the text "${value.slice(0, 40)}"` : `the ${typeof value} ${String(value)}`;
}
