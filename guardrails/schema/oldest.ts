import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../root.ts';
import type { Ref, Schemas, Shape } from './model.ts';

/** Types of Kubernetes 1.28 by name, each with its fields and the types of these, as cdk8s-plus-28 declares them. */
type Types = ReadonlyMap<string, ReadonlyMap<string, string>>;

const IMPORTS = join(ROOT, 'node_modules/cdk8s-plus-28/lib/imports');
const DECLARATIONS = join(IMPORTS, 'k8s.d.ts');
const SCRIPT = join(IMPORTS, 'k8s.js');

/** The release that `newer` is relative to: the oldest that the platform promises to run on. */
export const OLDEST = '1.28';

/** The same shapes, with the fields and the kinds marked that the oldest release does not have. Custom resources are not its matter. */
export function markNewer({ from, shapes, kinds }: Omit<Schemas, 'oldest'>): Schemas {
  const types = typesOf(readFileSync(DECLARATIONS, 'utf8'));
  const old = kindsOf(readFileSync(SCRIPT, 'utf8'));
  const known = new Map<Ref, Set<string>>();
  for (const [kind, props] of old) walk({ shapes, types, known }, kinds[kind], props);
  const marked = shapes.map((shape, ref) => mark(shape, known.get(ref)));
  const newer = Object.keys(kinds).filter((kind) => isStable(kind) && !old.has(kind));
  return { from, oldest: { release: OLDEST, newer }, shapes: marked, kinds };
}

function mark(shape: Shape, known: ReadonlySet<string> | undefined): Shape {
  if (!known || typeof shape !== 'object' || !('fields' in shape)) return shape;
  const newer = Object.keys(shape.fields).filter((field) => !known.has(field));
  return newer.length === 0 ? shape : { ...shape, newer };
}

interface Walk {
  readonly shapes: readonly Shape[];
  readonly types: Types;
  /** By shape: the fields that the oldest release has in some type that has this shape. */
  readonly known: Map<Ref, Set<string>>;
}

/** Goes through a shape and the type that it was in the oldest release side by side. */
function walk(context: Walk, ref: Ref | undefined, type: string | undefined): void {
  const shape = ref === undefined ? undefined : context.shapes[ref];
  if (ref === undefined || type === undefined || typeof shape !== 'object') return;
  if ('list' in shape) walk(context, shape.list, /^(.+)\[\]$/.exec(type)?.[1]);
  if ('map' in shape) walk(context, shape.map, /^\{\s*\[key: string\]: (.+?);?\s*\}$/.exec(type)?.[1]);
  const fields = context.types.get(type);
  if (!('fields' in shape) || !fields) return;
  const known = context.known.get(ref) ?? new Set(ALWAYS);
  const seen = [...fields.keys()].every((field) => known.has(field));
  context.known.set(ref, known);
  for (const field of fields.keys()) known.add(field);
  if (!seen) for (const [field, below] of Object.entries(shape.fields)) walk(context, below, fields.get(field));
}

/** What every object has, and a construct never spells. */
const ALWAYS = ['apiVersion', 'kind', 'metadata', 'status'];

/** The fields as the API spells them stand in the `@schema` comment above each property. */
function typesOf(declarations: string): Types {
  const types = new Map<string, Map<string, string>>();
  for (const [, name = '', body = ''] of declarations.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const fields = body.matchAll(/@schema \S+#(\S+)\n\s*\*\/\n\s*readonly \w+\??: (\{[^}]*\}|[^\n{]+);\n/g);
    types.set(name, new Map([...fields].map(([, field = '', type = '']) => [field, type])));
  }
  return types;
}

/** `apps/v1/Deployment` to the name of the type of its properties. */
function kindsOf(script: string): ReadonlyMap<string, string> {
  const found = script.matchAll(/^(\w+)\.GVK = \{\s*apiVersion: '([^']+)',\s*kind: '([^']+)'/gm);
  return new Map([...found].map(([, type, apiVersion, kind]) => [`${apiVersion}/${kind}`, `${type}Props`]));
}

/** What is no longer served is the matter of another rule, and nobody writes Events. */
function isStable(kind: string): boolean {
  const group = kind.split('/').length === 2 ? '' : (kind.split('/')[0] ?? '');
  if (/\/v\d(alpha|beta)\d\//.test(kind) || kind.endsWith('/Event')) return false;
  return !group.includes('.') || (group.endsWith('.k8s.io') && group !== 'gateway.networking.k8s.io');
}
