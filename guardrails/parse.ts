import { CORE_SCHEMA, load, Type, YAMLException } from 'js-yaml';
import { assertBounded } from './bounds.ts';
import { type Document, splitDocuments } from './source.ts';

/** Input that cannot be judged at all: unreadable, no YAML, or hostile. The message says where and what. */
export class UnusableInput extends Error {
  override readonly name = 'UnusableInput';
}

/** Manifests are a few kilobytes and etcd takes 1.5 MB an object: a larger text is no platform. */
export const BYTES_AT_MOST = 20 * 1024 * 1024;

/**
 * YAML as the API server reads it: 1.2 but for the words of 1.1, where an unquoted `yes` is true, and for octal numbers, where 0644 is 420.
 * Dates stay text.
 */
const SCHEMA = CORE_SCHEMA.extend({
  implicit: [
    new Type('tag:yaml.org,2002:bool', {
      kind: 'scalar',
      resolve: (data: unknown) => typeof data === 'string' && BOOLEAN.test(data),
      construct: (data: string) => /^(y|t|on)/i.test(data),
    }),
    new Type('tag:yaml.org,2002:int', {
      kind: 'scalar',
      resolve: (data: unknown) => typeof data === 'string' && INTEGER.test(data),
      construct: (data: string) => (/^[-+]?0[0-7]/.test(data) ? Number.parseInt(data, 8) : Number(data)),
    }),
    new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (data: unknown) => data === '<<' }),
  ],
});

const BOOLEAN = /^(y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;

const INTEGER = /^(?:[-+]?(?:0|[1-9]\d*|0[0-7]+)|0o[0-7]+|0x[\da-fA-F]+|0b[01]+)$/;

/** The objects of a YAML or JSON text. Throws UnusableInput when it holds none that could be judged. */
export function parseText(file: string, text: string): Document {
  if (text.length > BYTES_AT_MOST)
    throw new UnusableInput(`${file}: larger than ${BYTES_AT_MOST / 1024 / 1024} MiB; give manifests, not archives`);
  if (text.includes('\0')) throw new UnusableInput(`${file}: binary data, not YAML`);
  const objects = splitDocuments(text).map(({ text: chunk, line }) => parseDocument(file, chunk, line));
  return { file, text, objects };
}

function parseDocument(file: string, text: string, linesBefore: number): unknown {
  try {
    const value = load(text, { schema: SCHEMA });
    assertBounded(value);
    if (isTemplate(value)) throw new Error('a value in double braces is no text');
    return value;
  } catch (error) {
    const hint = text.includes('{{') ? '; of a template, give what `helm template` makes of it' : '';
    throw new UnusableInput(`${file}:${describe(error, linesBefore)}${hint}`);
  }
}

/** `name: {{ .Values.name }}` is YAML too: a map whose key is a map. */
function isTemplate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key === '[object Object]' || isTemplate(item));
}

function describe(error: unknown, linesBefore: number): string {
  if (error instanceof YAMLException && error.mark) {
    return `${error.mark.line + linesBefore + 1}:${error.mark.column + 1}: ${error.reason}`;
  }
  const start = linesBefore + 1;
  if (error instanceof RangeError) return `${start}:1: nested too deeply to be read`;
  return `${start}:1: ${error instanceof Error ? error.message : String(error)}`;
}
