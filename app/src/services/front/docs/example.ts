import { type JsonSchema, type OpenApi, resolve } from './openapi.ts';

/** Deeper than this, a schema that contains itself is cut. */
const DEEPEST = 6;

const STRING_FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
  uuid: '3f0c9a52-6c0e-4d8a-9d6b-0e5b0a1c2d3e',
  uri: 'https://example.org/',
  email: 'someone@example.org',
};

/** Values for names that the schemas of this platform use without an example of their own. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  text: 'Il faut cultiver notre jardin.',
  author: 'Voltaire',
  source: 'Candide',
  language: 'fr',
  keyword: 'jardin',
};

export interface ExampleOptions {
  readonly document: OpenApi;
  /** Name of the property or parameter, for a value that means something. @default - none */
  readonly name?: string | undefined;
  /** @default 0 */
  readonly depth?: number;
}

/** A value that fits a schema: its own example where there is one, else one made from its type. */
export function exampleOf(given: JsonSchema, options: ExampleOptions): unknown {
  const schema = resolve(options.document, given);
  const own = ownExample(schema);
  if (own !== undefined) return own;
  if ((options.depth ?? 0) >= DEEPEST) return null;
  const [choice] = schema.anyOf ?? [];
  if (choice !== undefined) return exampleOf(choice, options);
  return byType(schema, options);
}

function ownExample(schema: JsonSchema): unknown {
  return schema.examples?.[0] ?? schema.const ?? schema.default ?? schema.enum?.[0];
}

function byType(schema: JsonSchema, options: ExampleOptions): unknown {
  const deeper = { ...options, depth: (options.depth ?? 0) + 1 };
  switch (typeName(schema)) {
    case 'object':
      return objectExample(schema, deeper);
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items, deeper)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringExample(schema, options.name);
  }
}

function objectExample(schema: JsonSchema, options: ExampleOptions): Record<string, unknown> {
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(entries.map(([name, property]) => [name, exampleOf(property, { ...options, name })]));
}

function stringExample(schema: JsonSchema, name: string | undefined): unknown {
  return STRING_FORMATS[schema.format ?? ''] ?? BY_NAME[name ?? ''] ?? (name === undefined ? 'text' : `some-${name}`);
}

/** The type in one word; `string` where the schema names none. */
export function typeName(schema: JsonSchema): string {
  if (schema.type === undefined) return schema.properties === undefined ? 'string' : 'object';
  return typeof schema.type === 'string' ? schema.type : (schema.type.find((type) => type !== 'null') ?? 'null');
}

/** Type and bounds of a value in words: `string, at most 200 characters`. */
export function describe(schema: JsonSchema): string {
  const kind = schema.anyOf === undefined ? typeName(schema) : schema.anyOf.map(typeName).join(' or ');
  const parts = [
    schema.enum === undefined ? kind : `one of ${schema.enum.map(String).join(', ')}`,
    schema.format,
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** zod writes the bounds of JavaScript's integers where there is none. */
function range(min: number | undefined, max: number | undefined, unit: string): string | undefined {
  const low = min === undefined || min <= Number.MIN_SAFE_INTEGER ? undefined : min;
  const high = max === undefined || max >= Number.MAX_SAFE_INTEGER ? undefined : max;
  if (low !== undefined && high !== undefined) return `${low} to ${high}${unit}`;
  if (low !== undefined) return `at least ${low}${unit}`;
  return high === undefined ? undefined : `at most ${high}${unit}`;
}
