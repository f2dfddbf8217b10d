import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isRecord } from '../guardrails/field.ts';
import { type Api, DATA, type JsonSchema } from '../guardrails/schema/api.ts';
import { definitionsIn, type Origin } from './judge/definitions.ts';

/** `npm run schemas`: what the API says of itself, out of the Go modules that it is released as, as small as the check without the judge needs it. */

/** The newest release, whose fields are checked, and the oldest that the platform may promise to run on. */
const NEWEST = 'v1.34.2';
const OLDEST = 'v1.28.15';

type Definitions = Readonly<Record<string, JsonSchema>>;

const KUBERNETES = 'k8s.io/kubernetes';
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

function moduleFolder(module: string, version: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8' });
  return (JSON.parse(answer) as { readonly Dir: string }).Dir;
}

function kubernetes(version: string): Definitions {
  const file = join(moduleFolder(KUBERNETES, version), 'api/openapi-spec/swagger.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly definitions: Definitions }).definitions;
}

/** `apps/v1/Deployment` of a definition that is an object of its own, as manifests hold them. */
function kindOf(definition: JsonSchema): readonly string[] {
  const named = definition['x-kubernetes-group-version-kind'];
  if (!Array.isArray(named) || named.length !== 1 || !isRecord(definition.properties?.['metadata'])) return [];
  const [{ group, version, kind }] = named as [Record<'group' | 'version' | 'kind', string>];
  return kind.endsWith('List') ? [] : [`${group === '' ? '' : `${group}/`}${version}/${kind}`];
}

/** By name: the fields of a type, and the kinds, that the oldest release does not have. Alpha and beta kinds come and go. */
function newerThan(old: Definitions, now: Definitions): Api['newer'] {
  const before = new Set(Object.values(old).flatMap(kindOf));
  const fields = Object.entries(now).flatMap(([name, { properties = {} }]) => {
    const known = old[name]?.properties;
    const added = known ? Object.keys(properties).filter((field) => known[field] === undefined) : [];
    return added.length === 0 || name.endsWith('Status') ? [] : [[name, added] as const];
  });
  const kinds = Object.values(now).flatMap(kindOf);
  return {
    kinds: kinds.filter((kind) => !before.has(kind) && !/\/v\d+(alpha|beta)\d+\//.test(kind)),
    fields: Object.fromEntries(fields),
  };
}

/** As the server reads it: descriptions out, unknown fields refused, numbers allowed where it takes numbers for text. */
function strict(name: string, schema: JsonSchema): JsonSchema {
  if (name.endsWith('.resource.Quantity')) return { type: ['string', 'number'], format: 'quantity' };
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true)
    return { type: ['integer', 'string'] };
  if (name.endsWith('Status')) return {};
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const each = (of: unknown) =>
    isRecord(of)
      ? Object.fromEntries(Object.entries(of).map(([key, one]) => [key, strict('', one as JsonSchema)]))
      : of;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const kept = Object.entries(schema).flatMap(([key, value]) => {
    if (key === 'properties') return [[key, { ...(embedded ? IDENTITY : {}), ...(each(value) as object) }] as const];
    if (SUBSCHEMAS.has(key) && isRecord(value)) return [[key, strict('', value as JsonSchema)] as const];
    return KEPT.has(key) || key === 'additionalProperties' ? [[key, value] as const] : [];
  });
  const closed = schema.properties !== undefined && !open && schema['additionalProperties'] === undefined;
  return { ...Object.fromEntries(kept), ...(closed ? { additionalProperties: false } : {}) };
}

const IDENTITY = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };
const SUBSCHEMAS = new Set(['items', 'additionalProperties']);
/** `anyOf` and its like in definitions of custom resources hold no types; what they say beyond that is the judge's. */
const KEPT = new Set([
  ...['$ref', 'type', 'enum', 'required', 'format', 'pattern', 'nullable', 'minimum', 'maximum'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems'],
]);

/** The kinds of the projects whose definitions the judge embeds. */
function customs(origins: readonly Origin[]): Readonly<Record<string, JsonSchema>> {
  const found = new Map<string, JsonSchema>();
  for (const { module, version, files } of origins) {
    const all = definitionsIn(join(moduleFolder(module, version), files)) as readonly Definition[];
    for (const { spec } of all)
      for (const { name, schema, served } of spec.versions) {
        const key = `${spec.group}/${name}/${spec.names.kind}`;
        if (!served || schema?.openAPIV3Schema === undefined) continue;
        const { properties, ...rest } = schema.openAPIV3Schema;
        const { status: _, ...own } = strict('', { ...rest, properties: properties ?? {} }).properties ?? {};
        found.set(key, {
          ...strict('', rest),
          properties: { ...own, ...IDENTITY, metadata: { $ref: `#/definitions/${OBJECT_META}` }, status: {} },
          additionalProperties: false,
        });
      }
  }
  return Object.fromEntries(found);
}

/** A name that needs no escape in a reference. */
function dotted(kind: string): string {
  return kind.replaceAll('/', '.');
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema?: { readonly openAPIV3Schema?: JsonSchema };
    }[];
  };
}

const origins = JSON.parse(
  readFileSync(new URL('../judge/definitions.json', import.meta.url), 'utf8'),
) as readonly Origin[];
const now = kubernetes(NEWEST);
const custom = customs(origins);
const api: Api = {
  from: [`${KUBERNETES} ${NEWEST}`, ...new Set(origins.map(({ module, version }) => `${module} ${version}`))],
  oldest: OLDEST.split('.').slice(0, 2).join('.').slice(1),
  newer: newerThan(kubernetes(OLDEST), now),
  kinds: Object.fromEntries([
    ...Object.entries(now).flatMap(([name, definition]) => kindOf(definition).map((kind) => [kind, name] as const)),
    ...Object.keys(custom).map((kind) => [kind, dotted(kind)] as const),
  ]),
  definitions: {
    ...Object.fromEntries(Object.entries(now).map(([name, definition]) => [name, strict(name, definition)])),
    ...Object.fromEntries(Object.entries(custom).map(([kind, definition]) => [dotted(kind), definition])),
  },
};
const text = JSON.stringify(api);
writeFileSync(DATA, gzipSync(text, { level: 9 }));
console.log(`${DATA}: ${Object.keys(api.kinds).length} kinds, ${text.length} bytes`);
