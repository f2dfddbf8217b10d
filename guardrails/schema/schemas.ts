import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../root.ts';
import type { Ref, Schemas, Shape } from './model.ts';

let loaded: Schemas | undefined;

/** The shapes of the API, read once, when first asked for. */
export function schemas(): Schemas {
  loaded ??= JSON.parse(readFileSync(join(ROOT, 'guardrails/schema/api.generated.json'), 'utf8')) as Schemas;
  return loaded;
}

/** The oldest release that shapes are compared with, and the kinds that it does not have. */
export function oldest(): Schemas['oldest'] {
  return schemas().oldest;
}

/** The shape at this index. */
export function shapeAt(ref: Ref): Shape {
  return schemas().shapes[ref] ?? 'any';
}

/** The shape of a kind; undefined for one that is not known here. */
export function shapeOfKind(apiVersion: string, kind: string): Shape | undefined {
  const { kinds } = schemas();
  const key = `${apiVersion}/${kind}`;
  const ref = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
  return ref === undefined ? undefined : shapeAt(ref);
}

/** The API versions in which a kind is known. */
export function versionsOf(kind: string): readonly string[] {
  const known = Object.keys(schemas().kinds).filter((key) => key.endsWith(`/${kind}`));
  return known.map((key) => key.slice(0, -kind.length - 1));
}

/** The kinds that a group has in any of its versions; the core group is the empty text. */
export function kindNames(group: string): readonly string[] {
  const parts = Object.keys(schemas().kinds).map((key) => key.split('/'));
  return parts.flatMap((key) => ((key.length === 2 ? '' : key[0]) === group ? (key.at(-1) ?? []) : []));
}

/** The kinds that an API version has. */
export function kindsOf(apiVersion: string): readonly string[] {
  const prefix = `${apiVersion}/`;
  const known = Object.keys(schemas().kinds).filter((key) => key.startsWith(prefix));
  return known.map((key) => key.slice(prefix.length)).filter((kind) => !kind.includes('/'));
}
