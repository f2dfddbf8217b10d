import { describe, expect, it } from 'vitest';
import { BYTES_AT_MOST, parseText, readText, UnusableInput } from './parse.ts';

function refusal(text: string): string {
  try {
    parseText('shop.yaml', text);
    return 'nothing';
  } catch (error) {
    if (!(error instanceof UnusableInput)) throw error;
    return error.message;
  }
}

describe('YAML is read as the API server reads it', () => {
  it.each([
    ['yes', true],
    ['No', false],
    ['off', false],
    ['on', true],
    ['true', true],
    ['False', false],
    ['0644', 420],
    ['0', 0],
    ['-12', -12],
    ['0x1F', 31],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['"yes"', 'yes'],
    ['2026-01-01', '2026-01-01'],
    ['12:30:45', '12:30:45'],
    ['~', null],
  ])('%s', (text, value) => {
    expect(parseText('a.yaml', `a: ${text}`).objects).toEqual([{ a: value }]);
  });

  it.each(['\u0085', '\u2028', '\u2029'])('ends a line at %j', (end) => {
    expect(parseText('a.yaml', `a: 1${end}b: 2`).objects).toEqual([{ a: 1, b: 2 }]);
  });

  it('reads a backslash outside of double quotes as one', () => {
    expect(parseText('a.yaml', String.raw`{a: '\ud83d', "b": "\\/"}`).objects).toEqual([{ a: '\\ud83d', b: '\\/' }]);
    expect(parseText('a.json', String.raw`{"a": "\/", "b": "\ud83d\ude00"}`).objects).toEqual([{ a: '/', b: '😀' }]);
  });

  it('merges maps with <<', () => {
    const text = 'base: &base {a: 1}\nmore:\n  <<: *base\n  b: 2\n';
    expect(parseText('a.yaml', text).objects).toEqual([{ base: { a: 1 }, more: { a: 1, b: 2 } }]);
  });

  it('reads JSON, comments between documents, and documents that end in ...', () => {
    expect(parseText('a.json', '{"kind": "List",\n\t"items": []}').objects).toEqual([{ kind: 'List', items: [] }]);
    expect(parseText('a.yaml', '# one\n---\n# two\na: 1\n...\n---\n---\nb: 2\n').objects).toEqual([{ a: 1 }, { b: 2 }]);
  });
});

describe('input that cannot be used is refused with its place', () => {
  it('says where the YAML is broken, counted over the whole file', () => {
    expect(refusal('a: 1\n---\nb: [1, 2\nc: 3\n')).toMatch(/^shop\.yaml:4:\d+: /);
  });

  it.each([String.raw`a: "\/"`, String.raw`a: "\ud83d\ude00"`])('refuses an escape of JSON: %s', (text) => {
    expect(refusal(text)).toMatch(/^shop\.yaml:1:\d+: unknown escape/);
  });

  it('says where kubectl silently stops reading', () => {
    const { unreadable } = readText('shop.yaml', '  kind: Pod\nmetadata: {name: a}\n');
    expect(unreadable).toMatchObject([{ line: 2, fix: expect.stringContaining('kubectl stops reading there') }]);
  });

  it('refuses aliases that expand to billions of values, without expanding them', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}*l${level}]`,
    );
    expect(refusal(`l0: &l0 [a]\n${levels.join('\n')}\n`)).toBe(
      'shop.yaml:1:1: its aliases expand to far more than it holds',
    );
  });

  it('refuses an anchor that contains itself', () => {
    expect(refusal('a: &a\n  b: *a\n')).toMatch(/^shop\.yaml:.* (an anchor contains itself|unidentified alias)/);
  });

  it.each([500, 100_000])('refuses %i levels of nesting', (depth) => {
    expect(refusal('['.repeat(depth))).toMatch(/^shop\.yaml:1:\d+: /);
    expect(refusal(`${'['.repeat(depth)}${']'.repeat(depth)}`)).toMatch(/^shop\.yaml:1:\d+: nesting exceeded/);
  });

  it('refuses nesting that only aliases make deep', () => {
    const nested = (inner: string): string => `${'['.repeat(80)}${inner}${']'.repeat(80)}`;
    expect(refusal(`a: &a ${nested('x')}\nb: &b ${nested('*a')}\nc: ${nested('*b')}\n`)).toMatch(
      /nested more than 200 levels deep/,
    );
  });

  it('refuses what is too large or binary before reading it', () => {
    expect(refusal(' '.repeat(BYTES_AT_MOST + 1))).toMatch(/larger than 100 MiB/);
    expect(refusal('a: \0')).toMatch(/control character/);
  });
});
