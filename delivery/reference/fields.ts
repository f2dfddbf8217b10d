import { parse } from '@babel/parser';
import type { Node } from '@babel/types';
import * as z from 'zod';

/** One field of a schema as its reader meets it. */
export interface Field {
  /** `probes.ready`, `secrets[].keys[].key`, `volume (kind: s3).bucket`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
}

/** A schema and where it stands in the source: `ENVIRONMENT.budget`, in a union with the number of the option. */
interface Place {
  readonly schema: z.core.$ZodType;
  readonly at: string;
}

/** The fields of zod schemas: what each is comes from the schema, what it means from the doc comments of the source. */
export class SchemaReference {
  readonly #comments = new Map<string, string>();
  /** Places at which the source names a constant instead. */
  readonly #names = new Map<string, string>();

  constructor(sources: readonly string[]) {
    for (const source of sources)
      for (const statement of parse(source, { sourceType: 'module', plugins: ['typescript'] }).program.body) {
        const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
        if (declared?.type !== 'VariableDeclaration') continue;
        for (const { id, init } of declared.declarations) {
          if (id.type !== 'Identifier' || !init) continue;
          this.#comments.set(id.name, commentOf(statement));
          this.#read(init, id.name);
        }
      }
  }

  /** Every field below the schema of this name, the outer ones first. */
  fieldsOf(name: string, schema: z.core.$ZodType): Field[] {
    return this.#below({ schema, at: name }, '');
  }

  /** Whatever narrows a type, wraps it or makes a list of it stands at the same place. */
  #read(node: Node, at: string): void {
    if (node.type === 'Identifier') this.#names.set(at, node.name);
    if (node.type === 'ArrayExpression')
      for (const [index, option] of node.elements.entries()) {
        if (option === null) continue;
        this.#comments.set(`${at}.${index}`, commentOf(option));
        this.#read(option, `${at}.${index}`);
      }
    if (node.type === 'ObjectExpression')
      for (const property of node.properties) {
        if (property.type === 'SpreadElement' && property.argument.type === 'MemberExpression')
          this.#copy(property.argument.object, at);
        if (property.type !== 'ObjectProperty' || property.key.type !== 'Identifier') continue;
        this.#comments.set(`${at}.${property.key.name}`, commentOf(property));
        this.#read(property.value, `${at}.${property.key.name}`);
      }
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const { object, property } = node.callee;
    const isZod = object.type === 'Identifier' && object.name === 'z';
    if (!isZod) this.#read(object, at);
    // What other methods are given only narrows.
    if (isZod || (property.type === 'Identifier' && property.name === 'extend'))
      for (const argument of node.arguments) this.#read(argument, at);
  }

  /** `...peer.shape`: what is known of the fields of a constant is known of them here. */
  #copy(constant: Node, at: string): void {
    const name = constant.type === 'Identifier' ? constant.name : '';
    for (const known of [this.#comments, this.#names])
      for (const [place, text] of [...known])
        if (place.startsWith(`${name}.`)) known.set(`${at}${place.slice(name.length)}`, text);
  }

  #below({ schema, at: given }: Place, path: string): Field[] {
    const { inner } = unwrapped(schema);
    const at = this.#resolved(given);
    if (titleOf(inner) !== undefined) return [];
    if (inner instanceof z.ZodArray) return this.#below({ schema: inner.element, at }, `${path}[]`);
    if (inner instanceof z.ZodRecord) return this.#below({ schema: inner.valueType, at }, `${path}.<name>`);
    if (inner instanceof z.ZodUnion)
      return inner.options.flatMap((schema, index) => this.#option({ schema, at: `${at}.${index}` }, path));
    if (!(inner instanceof z.ZodObject)) return [];
    return Object.entries<z.core.$ZodType>(inner.shape).flatMap(([key, schema]) => {
      if (key === 'kind' && schema instanceof z.ZodLiteral) return [];
      const place = { schema, at: `${at}.${key}` };
      const field = path === '' ? key : `${path}.${key}`;
      const type = typeOf(schema);
      return [
        { path: field, type, required: !unwrapped(schema).optional, meaning: this.#meaning(place.at) },
        ...this.#below(place, field),
      ];
    });
  }

  #option(place: Place, path: string): Field[] {
    const kind = kindOf(place.schema);
    if (kind === null) return this.#below(place, path);
    const at = `${path} (kind: ${kind})`;
    const meaning = this.#comments.get(place.at) ?? '';
    return [...(meaning === '' ? [] : [{ path: at, type: '', required: false, meaning }]), ...this.#below(place, at)];
  }

  #meaning(at: string): string {
    return this.#comments.get(at) || this.#comments.get(this.#names.get(at) ?? '') || '';
  }

  #resolved(at: string): string {
    const name = this.#names.get(at);
    return name === undefined ? at : this.#resolved(name);
  }
}

function unwrapped(schema: z.core.$ZodType): { inner: z.core.$ZodType; optional: boolean; nullable: boolean } {
  if (schema instanceof z.ZodNullable) return { ...unwrapped(schema.unwrap()), nullable: true };
  if (schema instanceof z.ZodExactOptional) return { ...unwrapped(schema.unwrap()), optional: true };
  return { inner: schema, optional: false, nullable: false };
}

function titleOf(schema: z.core.$ZodType): string | undefined {
  return z.globalRegistry.get(schema)?.title;
}

/** `s3`, of an object in a union that carries a kind. */
function kindOf(schema: z.core.$ZodType): string | null {
  const kind = schema instanceof z.ZodObject ? schema.shape['kind'] : undefined;
  return kind instanceof z.ZodLiteral ? String(kind.value) : null;
}

/** In words: the schema's title, or what zod knows of it. */
function typeOf(schema: z.core.$ZodType): string {
  const { inner, nullable } = unwrapped(schema);
  return `${titleOf(inner) ?? untitled(inner)}${nullable ? ' or null' : ''}`;
}

function untitled(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.map((word) => `\`${word}\``).join(', ');
  if (schema instanceof z.ZodLiteral) return JSON.stringify(schema.value).replaceAll('"', "'");
  if (schema instanceof z.ZodArray) return `list of ${typeOf(schema.element)}`;
  if (schema instanceof z.ZodRecord) return `${typeOf(schema.valueType)} by name`;
  if (schema instanceof z.ZodUnion) {
    const kinds = schema.options.map(kindOf);
    if (!kinds.includes(null)) return kinds.map((kind) => `\`${kind}\``).join(', ');
    return [...new Set(schema.options.map(typeOf))].join(' or ');
  }
  const word = WORDS[schema._zod.def.type];
  if (word === undefined)
    throw new Error(`a schema of type '${schema._zod.def.type}' is not understood; give it a title`);
  return word;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  boolean: 'boolean',
  unknown: 'anything',
  custom: 'see the type',
  object: 'object',
};

/** A doc comment in one line; `@default` stays, as a sentence of its own. */
export function commentOf({ leadingComments }: Node): string {
  const text = leadingComments?.filter(({ value }) => value.startsWith('*')).at(-1)?.value ?? '';
  const lines = text.split('\n').map((line) => line.replace(/^\s*\*+ ?/, '').trim());
  return lines
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/\s*@default (?:- )?/, ' Default: ')
    .trim();
}
