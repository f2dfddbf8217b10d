import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../../root.ts';
import { isRecord, type Key } from '../field.ts';
import type { Resource } from '../resource.ts';

/** A JSON schema, as far as it is looked into. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
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

/** The API versions in which a kind is known. */
export function versionsOf(kind: string): readonly string[] {
  return keys().flatMap((key) => (key.kind === kind ? key.apiVersion : []));
}

/** The kinds that an API version has. */
export function kindsOf(apiVersion: string): readonly string[] {
  return keys().flatMap((key) => (key.apiVersion === apiVersion ? key.kind : []));
}

/** The kinds that a group has in any of its versions; the core group is the empty text. */
export function kindNames(group: string): readonly string[] {
  return keys().flatMap((key) => (key.group === group ? key.kind : []));
}

function keys(): readonly { readonly apiVersion: string; readonly group: string; readonly kind: string }[] {
  return Object.keys(api().kinds).map((key) => {
    const [kind = '', version, group] = key.split('/').toReversed();
    return { kind, group: group ?? '', apiVersion: group === undefined ? `${version}` : `${group}/${version}` };
  });
}

/** The fields of an object that the oldest release does not have. */
export function newerFields(resource: Resource): readonly (readonly Key[])[] {
  const definition = definitionOf(resource.apiVersion, resource.kind);
  return definition === undefined ? [] : [...within(resource.root.value, { $ref: `#/definitions/${definition}` }, [])];
}

function* within(value: unknown, schema: JsonSchema, path: readonly Key[]): Iterable<readonly Key[]> {
  const name = schema.$ref?.slice('#/definitions/'.length);
  const own = name === undefined ? schema : (api().definitions[name] ?? {});
  if (Array.isArray(value)) {
    if (own.items) for (const [index, item] of value.entries()) yield* within(item, own.items, [...path, index]);
    return;
  }
  if (!isRecord(value)) return;
  const rest = typeof own.additionalProperties === 'object' ? own.additionalProperties : undefined;
  if (own.properties === undefined && rest === undefined) return;
  const newer = name === undefined ? undefined : api().newer.fields[name];
  for (const [key, child] of Object.entries(value)) {
    if (newer?.includes(key) && child !== null) yield [...path, key];
    const below = own.properties?.[key] ?? rest;
    if (below !== undefined && typeof child === 'object') yield* within(child, below, [...path, key]);
  }
}
