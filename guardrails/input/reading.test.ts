import { describe, expect, it } from 'vitest';
import { flatten } from './document.ts';
import { decode, readText } from './parse.ts';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n';
const OTHER = MAP.replace('name: a', 'name: b');

/** What sigs.k8s.io/yaml and the decoder of kubectl 1.34 read from a plain word. */
const WORDS: readonly (readonly [string, unknown])[] = [
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['~', 'null', 'Null', 'NULL', ''].map((word) => [word, null] as const),
  ...[
    'yEs',
    'tRUE',
    'nUll',
    '_1',
    '0xg',
    '08x',
    '1.2.3',
    '++1',
    '12:30:45',
    '2026-01-01',
    '1,000',
    '1d',
    '0b',
    '1e400',
    '._5',
  ].map((word) => [word, word] as const),
  ['0644', 420],
  ['-017', -15],
  ['08', 8],
  ['0o17', 15],
  ['0x1F', 31],
  ['-0x1f', -31],
  ['0b11', 3],
  ['1_000', 1000],
  ['1__0', 10],
  ['0_7', 7],
  ['1.5', 1.5],
  ['1.', 1],
  ['.5', 0.5],
  ['+1.5', 1.5],
  ['1e3', 1000],
  ['1_0.5_0', 10.5],
  ['"yes"', 'yes'],
  ['!!str 1', '1'],
  ['!!int "3"', 3],
  ['!!binary MQ==', '1'],
  ['!local 12', '12'],
  ['!!other word', 'word'],
  ['b\t# comment', 'b'],
  ['"b\n\tc"', 'b c'],
  ['b#c', 'b#c'],
  ['http://x:80', 'http://x:80'],
  ['"\\x07"', '\u0007'],
];

describe('plain words are read as kubectl reads them', () => {
  it.each(WORDS)('%j', (word, value) => {
    expect(readText('a.yaml', `a: ${word}\n`)).toMatchObject({ objects: [{ a: value }], unreadable: [] });
  });
});

/** The text, and the objects that kubectl applies from it. */
const READ: Readonly<Record<string, readonly [string, number]>> = {
  'anchors, each within its document': [`${MAP}  x: &x "1"\n  y: *x\n---\n${OTHER}  x: &x "2"\n`, 2],
  'a byte order mark before a later document': [`---\n${MAP}  x: "1"\n---\n\uFEFF${OTHER}`, 2],
  'a list of one kind, whose items do not repeat it': [
    'apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n',
    2,
  ],
  'lists in lists': [
    `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]}\n`,
    1,
  ],
  'an empty list': ['apiVersion: v1\nkind: List\nitems: []\n', 0],
  'an object that is only called a list': [
    'apiVersion: example.org/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {items: 3}\n',
    1,
  ],
  'lines that end as on Windows': [`---\n${MAP}  x: "1"\n---\n${OTHER}`.replaceAll('\n', '\r\n'), 2],
  'separators with comments, several in a row, and the end of a document': [
    `--- # one\n${MAP}  x: "1"\n...\n---\n---\n# none\n--- \n${OTHER}...\n`,
    2,
  ],
  'dashes within a text': [`${MAP}  x: "a\n\n    --- b"\n`, 1],
  'braces of a template within a text': [`${MAP}  x: |\n    {{ .Values.x }}\n    {% if y %}\n`, 1],
  'tabs within texts, brackets and JSON': [
    `{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "a\tb"}\n}`,
    1,
  ],
  'objects of JSON one after the other': ['{"kind":"A"}{"kind":"B"}\n{"kind":"C"}\n', 3],
  'JSON between separators': ['{"kind":"A"}\n---\n{"kind":"B"}\n', 2],
  'a map in braces': ['{apiVersion: v1, kind: ConfigMap}\n', 1],
  'a merge of an alias in a list': ['a:\n- &c {name: c, image: x}\n- {<<: *c, name: d}\n', 1],
  'an emoji and Chinese': [`${MAP}  x: "😀 中文"\n`, 1],
  'comments of ytt': [`#@ load("@ytt:data", "data")\n${MAP}  x: #@ data.values.x\n`, 1],
  'nothing but comments and separators': ['---\n# nothing\n---\n', 0],
  'nothing at all': ['', 0],
};

describe('texts are read as kubectl reads them', () => {
  it.each(Object.entries(READ))('%s', (_, [text, objects]) => {
    const document = readText('a.yaml', text);
    expect(document.unreadable).toEqual([]);
    expect(flatten(document)).toHaveLength(objects);
  });

  it('keeps the kind of a list for its items', () => {
    const [item] = flatten(readText('a.yaml', READ['a list of one kind, whose items do not repeat it']?.[0] ?? ''));
    expect(item?.value).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  });

  it('decodes UTF-16 by its byte order mark, and takes stray bytes for unknown characters', () => {
    const utf16 = new Uint8Array([0xff, 0xfe, ...Buffer.from(`${MAP}  x: é\n`, 'utf16le')]);
    expect(readText('a.yaml', decode(utf16)).objects).toMatchObject([{ data: { x: 'é' } }]);
    expect(readText('a.yaml', decode(utf16.with(0, 0xfe).with(1, 0xff))).unreadable).not.toEqual([]);
    const latin1 = Buffer.from(`${MAP}  x: "caf\u00e9"\n`, 'latin1');
    expect(readText('a.yaml', decode(latin1)).objects).toMatchObject([{ data: { x: 'caf\uFFFD' } }]);
  });
});

/** The text, where it is refused, and what the message says. */
const REFUSED: Readonly<Record<string, readonly [string, string, RegExp]>> = {
  'a list of JSON': ['[{"kind":"ConfigMap"}]', '1:1', /^a list, not a Kubernetes object/],
  'a list of YAML': ['- kind: ConfigMap\n', '1:1', /^a list/],
  'a word': ['just words\n', '1:1', /^a string/],
  'a list without items': ['apiVersion: v1\nkind: List\nitems:\n', '1:1', /items of the List are not objects/],
  'a list of words': ['apiVersion: v1\nkind: List\nitems: [a]\n', '1:1', /items of the List/],
  'aliases that explode': [
    `${Array.from({ length: 7 }, (_, level) => `l${level}: &l${level} [${Array(10).fill(level === 0 ? 'x' : `*l${level - 1}`)}]`).join('\n')}\n`,
    '1:1',
    /aliases expand/,
  ],
  'an anchor within itself': ['a: &a [*a]\n', '1:1', /contains itself/],
  'a tab that indents': ['a:\n\tb: 1\n', '2:1', /./],
  'a tab before a comment': ['a: "1"\n\t# comment\n', '2:1', /a tab, where only spaces can indent/],
  'a line of a tab': ['a: "1"\n\t\nb: 2\n', '2:1', /a tab/],
  'a tab after a dash': ['a:\n-\tb: 1\n', '2:4', /./],
  'a control character': ['a: "x\0"\n', '1:1', /control character/],
  infinity: ['a: .inf\n', '1:1', /Infinity is not a number/],
  'not a number': ['a: .nan\n', '1:1', /./],
  'a value of Helm': [`${MAP}  x: {{ .Values.x }}\n`, '1:1', /map in braces stands where a word must/],
  'a statement of Helm': ['{{- if .Values.x }}\na: 1\n{{- end }}\n', '1:3', /./],
  'a statement of Jinja': ['{% if x %}\na: 1\n{% endif %}\n', '1:2', /./],
  'words after a separator': ['a: 1\n--- b: 2\n', '2:1', /"b: 2" follows the separator/],
  'dashes without end': ['a: 1\n-----\nb: 2\n', '2:1', /follows the separator/],
  'binary data that is none': ['a: !!binary "%%%"\n', '1:18', /./],
  'brackets that do not close': ['a: 1\n---\nb: [1, 2\nc: 3\n', '4:1', /./],
  'words before any document': ['...\na: 1\n', '1:1', /./],
};

describe('what kubectl refuses is refused, with its place', () => {
  it.each(Object.entries(REFUSED))('%s', (_, [text, place, message]) => {
    const isWhole = !text.endsWith('\n');
    const { objects, unreadable = [] } = readText('a.yaml', isWhole ? text : `${text}---\n${OTHER}`);
    expect(unreadable[0]?.message).toMatch(message);
    expect(`${unreadable[0]?.line}:${unreadable[0]?.column}`).toBe(place);
    if (!isWhole) expect(objects.at(-1)).toMatchObject({ metadata: { name: 'b' } });
  });

  it('reads on where kubectl loses something in silence, and says so', () => {
    const twice = readText('a.yaml', 'a: 1\nb: 2\na: 3\n');
    expect(twice.objects).toEqual([{ a: 3, b: 2 }]);
    expect(twice.unreadable).toMatchObject(
      [{ line: 3, severity: 'warning', message: /duplicated mapping key/ }].map(({ line, severity }) => ({
        line,
        severity,
      })),
    );
    const after = readText('a.yaml', 'a: 1\n...\nb: 2\n');
    expect(after).toMatchObject({ objects: [{ a: 1 }], unreadable: [{ line: 2, severity: 'warning' }] });
  });
});
