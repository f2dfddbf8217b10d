import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parse } from '@babel/parser';
import type { Identifier, Statement, TSInterfaceDeclaration, TSType, TSTypeElement } from '@babel/types';

/** A type as a declaration file spells it; `file` names the declaration that a reference leads to. */
export type Spelled =
  | { readonly is: 'keyword'; readonly name: 'any' | 'string' | 'boolean' | 'number' }
  | { readonly is: 'literal'; readonly value: string }
  | { readonly is: 'union'; readonly of: readonly Spelled[] }
  | { readonly is: 'list'; readonly of: Spelled }
  | { readonly is: 'map'; readonly of: Spelled }
  | { readonly is: 'object'; readonly fields: readonly SpelledField[] }
  | { readonly is: 'reference'; readonly file: string };

export interface SpelledField {
  readonly name: string;
  readonly required: boolean;
  readonly type: Spelled;
}

const ANY: Spelled = { is: 'keyword', name: 'any' };

/** Reads the one type that a declaration file of the kubernetes-models packages declares: `I<name of the file>`. */
export function readDeclaration(file: string): Spelled {
  const { body } = parse(readFileSync(file, 'utf8'), {
    sourceType: 'module',
    plugins: [['typescript', { dts: true }]],
  }).program;
  const imported = imports(file, body);
  const spell = speller(file, imported);
  for (const statement of body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined;
    if (declared?.type === 'TSInterfaceDeclaration' && isMain(declared.id, file))
      return spellInterface(declared, spell, (name) => imported.get(name));
    if (declared?.type === 'TSTypeAliasDeclaration' && isMain(declared.id, file)) return spell(declared.typeAnnotation);
  }
  throw new Error(`${file}: declares no interface or type I${basename(file, '.d.ts')}`);
}

function isMain(id: Identifier, file: string): boolean {
  return id.name === `I${basename(file, '.d.ts')}`;
}

/** The fields of an interface and of those that it extends; one without any stands for free-form JSON. */
function spellInterface(
  { body, extends: bases }: TSInterfaceDeclaration,
  spell: (type: TSType) => Spelled,
  fileOf: (name: string) => string | undefined,
): Spelled {
  const inherited = (bases ?? []).flatMap(({ expression }) => {
    const file = expression.type === 'Identifier' ? fileOf(expression.name) : undefined;
    const base = file === undefined ? ANY : readDeclaration(file);
    return base.is === 'object' ? base.fields : [];
  });
  const own = spellMembers(body.body, spell);
  if (own.is !== 'object') return inherited.length > 0 ? { is: 'object', fields: inherited } : own;
  return { is: 'object', fields: [...inherited, ...own.fields] };
}

function spellMembers(members: readonly TSTypeElement[], spell: (type: TSType) => Spelled): Spelled {
  const index = members.find((member) => member.type === 'TSIndexSignature');
  if (index?.typeAnnotation) return { is: 'map', of: spell(index.typeAnnotation.typeAnnotation) };
  const fields = members.flatMap((member): SpelledField[] => {
    if (member.type !== 'TSPropertySignature' || !member.typeAnnotation) return [];
    const name =
      member.key.type === 'StringLiteral' ? member.key.value : member.key.type === 'Identifier' ? member.key.name : '';
    return [{ name, required: member.optional !== true, type: spell(member.typeAnnotation.typeAnnotation) }];
  });
  return fields.length === 0 ? ANY : { is: 'object', fields };
}

function speller(file: string, imported: ReadonlyMap<string, string>): (type: TSType) => Spelled {
  const spell = (type: TSType): Spelled => {
    if (type.type === 'TSStringKeyword') return { is: 'keyword', name: 'string' };
    if (type.type === 'TSNumberKeyword') return { is: 'keyword', name: 'number' };
    if (type.type === 'TSBooleanKeyword') return { is: 'keyword', name: 'boolean' };
    if (type.type === 'TSUnionType') return { is: 'union', of: type.types.map(spell) };
    if (type.type === 'TSTypeLiteral') return spellMembers(type.members, spell);
    if (type.type === 'TSLiteralType')
      return type.literal.type === 'StringLiteral' ? { is: 'literal', value: type.literal.value } : ANY;
    if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return ANY;
    const { name } = type.typeName;
    const [item] = type.typeParameters?.params ?? [];
    if (name === 'Array' && item) return { is: 'list', of: spell(item) };
    if (isMain(type.typeName, file)) return { is: 'reference', file };
    const target = imported.get(name);
    return target === undefined ? ANY : { is: 'reference', file: target };
  };
  return spell;
}

function imports(file: string, body: readonly Statement[]): ReadonlyMap<string, string> {
  return new Map(
    body.flatMap((statement) => {
      if (statement.type !== 'ImportDeclaration') return [];
      const target = declarationOf(file, statement.source.value);
      return statement.specifiers.flatMap(({ local }) => (target === undefined ? [] : [[local.name, target] as const]));
    }),
  );
}

/** The declaration file that an import leads to; undefined for modules that declare no API type. */
function declarationOf(file: string, specifier: string): string | undefined {
  const modules = file.slice(0, file.lastIndexOf('/node_modules/') + '/node_modules'.length);
  const path = specifier.startsWith('.') ? resolve(dirname(file), specifier) : resolve(modules, specifier);
  const declaration = path.replace(/(\.js)?$/, '.d.ts');
  return existsSync(declaration) && !declaration.endsWith('/index.d.ts') ? declaration : undefined;
}
