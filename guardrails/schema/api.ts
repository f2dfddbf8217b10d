import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../../root.ts';
import type { Field, Resource } from '../field.ts';

/** A JSON schema, as far as it is looked into. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly [keyword: string]: unknown;
}

/** What api.json.gz holds: the official OpenAPI document of Kubernetes and the definitions of custom resources; `npm run schemas` writes it. */
export interface Api {
  /** The Go modules that it was taken from. */
  readonly from: readonly string[];
  /** The oldest release that `newer` is relative to. */
  readonly oldest: string;
  /** What that release does not have: kinds, and the fields of a definition. */
  readonly newer: { readonly kinds: readonly string[]; readonly fields: Readonly<Record<string, readonly string[]>> };
  /** `apps/v1/Deployment` to the name of its definition. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

export const DATA = join(ROOT, 'guardrails/schema/api.json.gz');

let loaded: Api | undefined;

/** The API, read once, when first asked for. */
export function api(): Api {
  loaded ??= JSON.parse(gunzipSync(readFileSync(DATA)).toString()) as Api;
  return loaded;
}

/** The name of a kind's definition; undefined for one that is not known here. */
export function definitionOf(apiVersion: string, kind: string): string | undefined {
  const key = `${apiVersion}/${kind}`;
  return Object.hasOwn(api().kinds, key) ? api().kinds[key] : undefined;
}

/** Every kind that is known, in each of its versions; the core group is the empty text. */
export function kinds(): readonly { readonly apiVersion: string; readonly group: string; readonly kind: string }[] {
  return Object.keys(api().kinds).map((key) => {
    const [kind = '', version, group] = key.split('/').toReversed();
    return { kind, group: group ?? '', apiVersion: group === undefined ? `${version}` : `${group}/${version}` };
  });
}

export function schemaNamed(definition: string): JsonSchema {
  return { $ref: `${REF}${definition}` };
}

const REF = '#/definitions/';

/** A value with the schema that it should fit. */
export interface Place {
  readonly at: Field;
  /** References resolved. */
  readonly schema: JsonSchema;
  /** The definition that the schema is, where it is one. */
  readonly definition: string | undefined;
}

/** Visits every value of an object of which a schema says something. */
export function visitWithSchema(at: Field, schema: JsonSchema, visit: (place: Place) => void): void {
  const definition = schema.$ref?.slice(REF.length);
  const own = definition === undefined ? schema : (api().definitions[definition] ?? {});
  visit({ at, schema: own, definition });
  const { items, properties, additionalProperties } = own;
  if (items) for (const item of at.items) visitWithSchema(item, items, visit);
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  if (properties === undefined && rest === undefined) return;
  for (const [key, value] of at.entries) {
    const below = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : rest;
    if (below !== undefined) visitWithSchema(value, below, visit);
  }
}

/** The fields of an object that the oldest release does not have. */
export function newerFields(resource: Resource): readonly Field[] {
  const name = definitionOf(resource.apiVersion, resource.kind);
  const found: Field[] = [];
  if (name === undefined) return found;
  visitWithSchema(resource.root, schemaNamed(name), ({ at, definition = '' }) => {
    const newer = api().newer.fields[definition];
    if (newer) found.push(...newer.map((key) => at.at(key)).filter(({ exists }) => exists));
  });
  return found;
}
