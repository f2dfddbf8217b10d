import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../field.ts';
import type { Spelled } from './declarations.ts';

type Validate = ((value: unknown) => boolean) & { errors?: unknown };

/**
 * Declarations say `number` where the API says integer. The validator that stands beside each declaration knows: asked about 0.5 in every
 * such place, it names those where a fraction is wrong. Answers with JSON pointers, in which a list's item is `0` and a map's is `key`.
 */
export async function integersOf(file: string, type: Spelled): Promise<ReadonlySet<string>> {
  const validate = await validatorOf(file);
  if (!validate) return new Set();
  validate(probeOf(type));
  const errors = Array.isArray(validate.errors) ? validate.errors.filter(isRecord) : [];
  const integers = errors.filter(
    ({ keyword, params }) => keyword === 'type' && isRecord(params) && params['type'] === 'integer',
  );
  return new Set(integers.map(({ instancePath }) => String(instancePath)));
}

/** A value of the type's shape with 0.5 wherever a number may stand; what other declarations describe is left out. */
function probeOf(type: Spelled): unknown {
  switch (type.is) {
    case 'keyword':
      return type.name === 'number' ? 0.5 : undefined;
    case 'list':
      return [probeOf(type.of)];
    case 'map':
      return { key: probeOf(type.of) };
    case 'object':
      return Object.fromEntries(
        type.fields.map((field) => [field.name, probeOf(field.type)]).filter(([, value]) => value !== undefined),
      );
    default:
      return undefined;
  }
}

async function validatorOf(file: string): Promise<Validate | undefined> {
  const script = file.replace(/\.d\.ts$/, '.js');
  const schema = /from"([^"]*_schemas\/[^"]+)"/.exec(existsSync(script) ? readFileSync(script, 'utf8') : '')?.[1];
  if (schema === undefined) return undefined;
  const module: unknown = await import(pathToFileURL(resolve(dirname(file), schema)).href);
  return isRecord(module) && isValidate(module['validate']) ? module['validate'] : undefined;
}

function isValidate(value: unknown): value is Validate {
  return typeof value === 'function';
}
