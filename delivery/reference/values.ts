import { parse } from '@babel/parser';
import type { Expression, ObjectExpression } from '@babel/types';
import { commentOf } from './fields.ts';

/** A constant text with its doc comment. */
export interface Value {
  readonly text: string;
  readonly comment: string;
}

/** Every text that a module exports, alone or as a property of an exported object. */
export function valuesIn(source: string): Value[] {
  return parse(source, { sourceType: 'module', plugins: ['typescript'] }).program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'VariableDeclaration') return [];
    return statement.declaration.declarations.flatMap(({ init }) => {
      const value = init?.type === 'TSAsExpression' ? init.expression : init;
      if (value?.type === 'StringLiteral') return [{ text: value.value, comment: commentOf(statement) }];
      return value?.type === 'ObjectExpression' ? propertiesOf(value) : [];
    });
  });
}

function propertiesOf({ properties }: ObjectExpression): Value[] {
  return properties.flatMap((property) => {
    if (property.type !== 'ObjectProperty') return [];
    const value = property.value as Expression;
    return value.type === 'StringLiteral' ? [{ text: value.value, comment: commentOf(property) }] : [];
  });
}
