import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { RE2JS } from 're2js';
import { isRecord, type Key } from '../field.ts';
import type { Problem } from '../finding.ts';
import { parseQuantity } from '../quantity.ts';
import type { Resource } from '../resource.ts';
import { suggest } from '../suggest.ts';
import { api, definitionOf } from './api.ts';

let validator: Ajv | undefined;

/** Patterns of definitions run on RE2, as in the API server, so that none can take long; one that RE2 does not read says nothing. */
function ajv(): Ajv {
  if (validator) return validator;
  const regExp = Object.assign(
    (pattern: string) => {
      let compiled: RE2JS | undefined;
      const test = (text: string) => {
        try {
          compiled ??= RE2JS.compile(pattern);
        } catch {
          return true;
        }
        return compiled.matcher(text).find();
      };
      // Ajv tells patterns apart by their text.
      return { test, toString: () => pattern };
    },
    { code: 'new RegExp' },
  );
  validator = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    logger: false,
    validateSchema: false,
    inlineRefs: false,
    code: { regExp, optimize: false },
  });
  formats.default(validator, ['int32', 'int64', 'byte', 'date-time']);
  validator.addFormat('quantity', (text) => parseQuantity(text) !== undefined);
  return validator.addSchema({ $id: 'api', definitions: api().definitions });
}

/** Where an object departs from the official schema of its kind, or from the one that its definition gives. Nothing for unknown kinds. */
export function departures(resource: Resource, given: readonly Resource[]): readonly Problem[] {
  const validate = validateFor(resource, given);
  if (!validate || validate(resource.root.value)) return [];
  return (validate.errors ?? []).flatMap((error) => toProblem(resource, error));
}

function validateFor(resource: Resource, given: readonly Resource[]): ValidateFunction | undefined {
  const definition = definitionOf(resource.apiVersion, resource.kind);
  if (definition !== undefined) return ajv().getSchema(`api#/definitions/${definition}`);
  const own = given.find(
    (one) => one.at('spec', 'group').text === resource.group && one.at('spec', 'names', 'kind').text === resource.kind,
  );
  const version = own
    ?.at('spec', 'versions')
    .items.find((one) => resource.apiVersion.endsWith(`/${one.at('name').text}`));
  const schema = version?.at('schema', 'openAPIV3Schema').value;
  try {
    return isRecord(schema) ? ajv().compile(schema) : undefined;
  } catch {
    // A definition that is wrong itself says nothing of its objects.
    return undefined;
  }
}

/** What `null` says is that the field is not there, which the server takes. */
function toProblem(
  resource: Resource,
  { keyword, params, instancePath, parentSchema, data, message }: ErrorObject,
): readonly Problem[] {
  if (data === null) return [];
  const at = resource.at(...keysOf(instancePath, resource.root.value));
  const field = Object.values(params).map(String)[0] ?? '';
  switch (keyword) {
    case 'additionalProperties': {
      const known = isRecord(parentSchema?.['properties']) ? Object.keys(parentSchema['properties']) : [];
      const meant = suggest(field, known);
      return [
        {
          at: at.at(field),
          message: `${field} is not a field of ${String(at) || resource.kind}`,
          fix: meant === undefined ? 'Remove it, or move it to where it belongs.' : `Did you mean ${meant}?`,
        },
      ];
    }
    case 'required':
      return at.path.length === 0 && IDENTITY.has(field)
        ? []
        : [{ at, message: `${field} is missing`, fix: `Set ${String(at.at(field))}.` }];
    case 'enum': {
      const words = Array.isArray(params['allowedValues']) ? params['allowedValues'].map(String) : [];
      const meant = suggest(String(data), words);
      const fix = meant === undefined ? 'Write one of these.' : `Did you mean ${meant}?`;
      return [{ at, message: `is ${brief(data)}, which is none of ${words.join(', ')}`, fix }];
    }
    case 'type': {
      const wanted = [params['type']]
        .flat()
        .map((type) => WANTED[String(type)] ?? String(type))
        .join(' or ');
      const quoted = wanted === 'text' && typeof data !== 'object';
      return [
        {
          at,
          message: `is ${brief(data)}, but must be ${wanted}`,
          fix: quoted ? `Quote it: "${String(data)}".` : `Write ${wanted}.`,
        },
      ];
    }
    default: {
      const wanted = field === 'quantity' ? 'must be a quantity such as 250m or 1.5Gi' : (message ?? keyword);
      return [{ at, message: `is ${brief(data)}, but ${wanted}`, fix: 'Write such a value.' }];
    }
  }
}

/** What the rule `identity` asks for. */
const IDENTITY = new Set(['apiVersion', 'kind', 'metadata']);

const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  array: 'a list',
  object: 'a map',
};

function brief(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `the text "${value.slice(0, 40)}"` : `the ${typeof value} ${String(value)}`;
}

/** The keys of a JSON pointer; what stands in a list is a number. */
function keysOf(pointer: string, root: unknown): readonly Key[] {
  let value = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const key = Array.isArray(value) ? Number(name) : name;
      value = Array.isArray(value) ? value[Number(name)] : isRecord(value) ? value[name] : undefined;
      return key;
    });
}
