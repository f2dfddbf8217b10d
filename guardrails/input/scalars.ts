import { FAILSAFE_SCHEMA, Type } from 'js-yaml';
import { DEPTH_AT_MOST } from './bounds.ts';

/**
 * Plain words as kubectl reads them, which is YAML 1.1 by way of Go: an unquoted `yes` is true, 0644 is 420, 1_000 is 1000. Dates and times
 * stay text.
 */
const SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [
    scalar(
      'null',
      (word) => ['', '~', 'null', 'Null', 'NULL'].includes(word),
      () => null,
    ),
    scalar(
      'bool',
      (word) => BOOLEAN.test(word),
      (word) => /^(y|t|on)/i.test(word),
    ),
    scalar('int', (word) => INTEGER.test(digits(word)), integer),
    scalar('float', (word) => isFloat(word) || NOT_A_NUMBER.test(word), float),
    scalar(
      'merge',
      (word) => word === '<<',
      (word) => word,
    ),
  ],
  explicit: [
    scalar(
      'binary',
      (word) => BASE64.test(word.replace(/\s/g, '')),
      (word) => Buffer.from(word, 'base64').toString('utf8'),
    ),
    scalar(
      'timestamp',
      () => true,
      (word) => word,
    ),
    ...['!', 'tag:'].flatMap((tag) =>
      (['scalar', 'sequence', 'mapping'] as const).map(
        (kind) => new Type(tag, { kind, multi: true, construct: (data: unknown) => data }),
      ),
    ),
  ],
});

/** How documents are loaded. */
export const OPTIONS = { schema: SCHEMA, maxDepth: DEPTH_AT_MOST };
/** Of a key that stands twice, the last counts. */
export const LENIENT = { ...OPTIONS, json: true };

const BOOLEAN = /^(y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INTEGER = /^[-+]?(0[0-7]*|[1-9]\d*|0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/;
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const NOT_A_NUMBER = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const BASE64 = /^[A-Za-z\d+/]*={0,2}$/;

function scalar(name: string, resolve: (word: string) => boolean, construct: (word: string) => unknown): Type {
  return new Type(`tag:yaml.org,2002:${name}`, {
    kind: 'scalar',
    resolve: (data: unknown) => resolve(typeof data === 'string' ? data : ''),
    construct: (data: unknown) => construct(typeof data === 'string' ? data : ''),
  });
}

/** Go drops underscores wherever they stand but in front. */
function digits(word: string): string {
  return /^[-+]?[\d.]|^[-+]_/.test(word) && !word.startsWith('._') ? word.replaceAll('_', '') : word;
}

function integer(word: string): number {
  const [sign, size] = digits(word).startsWith('-') ? [-1, digits(word).slice(1)] : [1, digits(word).replace('+', '')];
  const octal = /^0[0-7]/.test(size) && Number.parseInt(size, 8);
  return sign * (octal !== false && Number.isSafeInteger(octal) ? octal : Number(size));
}

/** A number too large to be one stays text. */
function isFloat(word: string): boolean {
  return FLOAT.test(digits(word)) && Number.isFinite(Number(digits(word)));
}

function float(word: string): number {
  if (!NOT_A_NUMBER.test(word)) return Number(digits(word));
  return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
