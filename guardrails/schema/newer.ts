import { isRecord, type Key } from '../field.ts';
import type { Resource } from '../resource.ts';
import { api, definitionOf, type JsonSchema } from './api.ts';

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
