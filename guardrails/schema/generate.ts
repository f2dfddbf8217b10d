/**
 * Writes api.generated.json, the shapes of every API type that the guardrails check, from the model packages. They are large and needed only
 * here, so they are not among the dependencies: `npm run schemas` installs them for the run and leaves package.json as it is.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDeclaration, type Spelled } from './declarations.ts';
import type { Ref, Schemas, Shape } from './model.ts';
import { markNewer } from './oldest.ts';
import { integersOf } from './probe.ts';

const PACKAGES = [
  'kubernetes-models',
  '@kubernetes-models/traefik',
  '@kubernetes-models/prometheus-operator',
  '@kubernetes-models/cert-manager',
  '@kubernetes-models/external-secrets',
  '@kubernetes-models/argo-cd',
  '@kubernetes-models/gateway-api',
];

/** Versions that no supported cluster serves any more; removed-api names their successors. */
const REMOVED =
  /^(extensions|(apps|autoscaling|batch|policy|networking\.k8s\.io|rbac\.authorization\.k8s\.io|storage\.k8s\.io)\/v\d(alpha|beta))/;

const shapes: Shape[] = [];
const interned = new Map<string, Ref>();
const named = new Map<string, Ref>();
const kinds: Record<string, Ref> = {};

for (const name of PACKAGES) {
  for (const file of declarationsOf(rootOf(name))) {
    const type = readDeclaration(file);
    const kind = kindOf(type);
    if (kind !== undefined && !kind.endsWith('List') && !REMOVED.test(kind)) kinds[kind] = await refOfFile(file);
  }
}
const from = PACKAGES.map((name) => `${name}@${versionOf(rootOf(name))}`);
const sorted = Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1)));
const schemas: Schemas = markNewer({ from, shapes, kinds: sorted });
writeFileSync(new URL('api.generated.json', import.meta.url), `${JSON.stringify(schemas)}\n`);
console.log(`${Object.keys(kinds).length} kinds, ${shapes.length} shapes from ${from.join(', ')}`);

function rootOf(name: string): string {
  return fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));
}

function versionOf(root: string): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return manifest.version;
}

function declarationsOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== '_schemas' && name !== 'node_modules')
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return declarationsOf(path);
      return entry.name.endsWith('.d.ts') && entry.name !== 'index.d.ts' ? [path] : [];
    })
    .sort();
}

/** `apps/v1/Deployment` for the declaration of an object; undefined for what only occurs inside one. */
function kindOf(type: Spelled): string | undefined {
  if (type.is !== 'object') return undefined;
  const literal = (name: string): string | undefined => {
    const field = type.fields.find((candidate) => candidate.name === name);
    return field?.type.is === 'literal' ? field.type.value : undefined;
  };
  const [apiVersion, kind] = [literal('apiVersion'), literal('kind')];
  return apiVersion === undefined || kind === undefined ? undefined : `${apiVersion}/${kind}`;
}

/** The shape of a declaration: its place in the table is taken before it is filled, for it may refer to itself. */
async function refOfFile(file: string): Promise<Ref> {
  const known = named.get(file);
  if (known !== undefined) return known;
  if (file.endsWith('/resource/Quantity.d.ts')) return intern('quantity');
  const type = readDeclaration(file);
  if (type.is !== 'object') return await refOf(type, '', await integersOf(file, type));
  const ref = shapes.push('any') - 1;
  named.set(file, ref);
  shapes[ref] = await shapeOf(type, '', await integersOf(file, type));
  return ref;
}

async function refOf(type: Spelled, at: string, integers: ReadonlySet<string>): Promise<Ref> {
  return type.is === 'reference' ? await refOfFile(type.file) : intern(await shapeOf(type, at, integers));
}

async function shapeOf(type: Spelled, at: string, integers: ReadonlySet<string>): Promise<Shape> {
  switch (type.is) {
    case 'keyword':
      return type.name === 'number' && integers.has(at) ? 'integer' : type.name;
    case 'literal':
      return { enum: [type.value] };
    case 'union':
      return unionOf(type.of);
    case 'list':
      return { list: await refOf(type.of, `${at}/0`, integers) };
    case 'map':
      return { map: await refOf(type.of, `${at}/key`, integers) };
    case 'object': {
      const fields: Record<string, Ref> = {};
      for (const { name, type: field } of type.fields) {
        fields[name] =
          at === '' && name === 'status'
            ? intern('any')
            : await refOf(field, `${at}/${name.replace('~', '~0').replace('/', '~1')}`, integers);
      }
      const required = type.fields.filter((field) => field.required && field.name !== 'status').map(({ name }) => name);
      return { fields, ...(required.length > 0 ? { required } : {}) };
    }
    case 'reference':
      return 'any';
  }
}

/** Unions are sets of words, or a number that may be written as text. */
function unionOf(types: readonly Spelled[]): Shape {
  const words = types.flatMap((type) => (type.is === 'literal' ? type.value : []));
  if (words.length === types.length) return { enum: words };
  const names = types.map((type) => (type.is === 'keyword' ? type.name : type.is));
  return names.every((name) => name === 'string' || name === 'number') ? 'int-or-string' : 'any';
}

function intern(shape: Shape): Ref {
  const key = JSON.stringify(shape);
  const known = interned.get(key);
  if (known !== undefined) return known;
  const ref = shapes.push(shape) - 1;
  interned.set(key, ref);
  return ref;
}
