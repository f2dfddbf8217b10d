import { FAILSAFE_SCHEMA, Type } from 'js-yaml';

/** Deeper than any API type goes; a recursive walk over more may exhaust the stack. */
export const DEPTH_AT_MOST = 200;

/**
 * Plain words as kubectl reads them, which is YAML 1.1 by way of Go: an unquoted `yes` is true, 0644 is 420, 1_000 is 1000. Dates and times
 * stay text.
 */
const SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [
    scalar('null', isNull, () => null),
    scalar('bool', isBoolean, (word) => /^(y|t|on)/i.test(word)),
    scalar('int', (word) => INTEGER.test(digits(word)), integer),
    scalar('float', (word) => isFloat(word) || NOT_A_NUMBER.test(word), float),
    scalar('merge', (word) => word === '<<'),
  ],
  explicit: [
    scalar('binary', isBase64, (word) => Buffer.from(word, 'base64').toString('utf8')),
    scalar('timestamp', () => true),
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

function isNull(word: string): boolean {
  return /^(~|null|Null|NULL|)$/.test(word);
}

function isBoolean(word: string): boolean {
  return BOOLEAN.test(word);
}

function isBase64(word: string): boolean {
  return BASE64.test(word.replace(/\s/g, ''));
}

function scalar(
  name: string,
  resolve: (word: string) => boolean,
  construct: (word: string) => unknown = (word) => word,
): Type {
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

interface Walk {
  readonly seen: Set<object>;
  /** What the walk is within: meeting that again is a cycle. */
  readonly open: Set<object>;
  values: number;
  /** Values that stand within an alias. */
  aliased: number;
  /** How many aliases the walk is within. */
  aliases: number;
}

/**
 * Refuses what Go's YAML refuses after parsing: a document that is small as text and huge once its aliases are expanded, one that contains
 * itself, a key that is a map, a number that JSON has not; and what is nested too deeply to walk. The expanded document is walked only until
 * its aliases outweigh the rest.
 */
export function assertBounded(document: unknown): void {
  visit(document, { seen: new Set(), open: new Set(), values: 0, aliased: 0, aliases: 0 });
}

function visit(value: unknown, walk: Walk): void {
  walk.values += 1;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${value} is not a number that JSON has`);
  if (typeof value !== 'object' || value === null) {
    if (walk.aliases > 0) walk.aliased += 1;
    return;
  }
  if (walk.open.has(value)) throw new Error('an anchor contains itself');
  if (walk.open.size > DEPTH_AT_MOST) throw new Error(`nested more than ${DEPTH_AT_MOST} levels deep`);
  const alias = walk.seen.has(value) ? 1 : 0;
  walk.aliases += alias;
  if (walk.aliases > 0) walk.aliased += 1;
  if (walk.aliased > 100 && walk.values > 1000 && walk.aliased / walk.values > ratio(walk.values))
    throw new Error('its aliases expand to far more than it holds');
  walk.seen.add(value);
  walk.open.add(value);
  for (const [key, item] of Object.entries(value)) {
    if (key === '[object Object]') throw new Error('a map in braces stands where a word must, as in templates');
    visit(item, walk);
  }
  walk.open.delete(value);
  walk.aliases -= alias;
}

/** The share of aliased values that Go's YAML allows: 99 % of a small document, 10 % of one with four million values. */
function ratio(values: number): number {
  const [few, many] = [400_000, 4_000_000];
  if (values <= few) return 0.99;
  return values >= many ? 0.1 : 0.99 - (0.89 * (values - few)) / (many - few);
}
