import { load, YAMLException } from 'js-yaml';
import { attempt } from '../attempt.ts';
import { isRecord } from '../field.ts';
import { isEnclosed, outline } from '../locations.ts';
import { beforeEnd, type Chunk, type Document, splitDocuments, type Unreadable } from './document.ts';
import { withOwnTexts } from './own-texts.ts';
import { assertBounded, LENIENT, OPTIONS } from './scalars.ts';

/** Input that cannot be used at all. The message says where and what. */
export class UnusableInput extends Error {
  override readonly name = 'UnusableInput';
}

/** Manifests are a few kilobytes and etcd takes 1.5 MB an object: a larger text is no platform. */
export const BYTES_AT_MOST = 100 * 1024 * 1024;

/** The text of a file as kubectl decodes it: UTF-8, UTF-16 where a byte order mark says so; what is neither becomes U+FFFD. */
export function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return new TextDecoder().decode(bytes);
}

/** The objects of a YAML or JSON text, read as kubectl reads it; what it would refuse stands in `unreadable`. Never throws. */
export function readText(file: string, text: string): Document {
  if (text.length > BYTES_AT_MOST) {
    const message = `larger than ${BYTES_AT_MOST / 1024 / 1024} MiB`;
    return { file, objects: [], unreadable: [{ message, fix: 'Give manifests, not archives.' }] };
  }
  const unreadable: Unreadable[] = [];
  const texts = new Map<string, string>();
  const objects = splitDocuments(text).map((chunk) => withOwnTexts(readDocument(chunk, unreadable), texts));
  return { file, text, objects, unreadable };
}

/** The same for callers that can do nothing with a part. Throws UnusableInput where anything cannot be read. */
export function parseText(file: string, text: string): Document {
  const document = readText(file, text);
  const wrong = document.unreadable?.find(({ severity }) => severity === undefined);
  if (wrong) throw new UnusableInput(`${[file, wrong.line, wrong.column].filter(Boolean).join(':')}: ${wrong.message}`);
  return document;
}

function readDocument({ text, line }: Chunk, unreadable: Unreadable[]): unknown {
  const separator = /^---[ \t]*([^\s#].*)/.exec(text)?.[1];
  const refuse = (problem: Unreadable): undefined => void unreadable.push(problem);
  if (separator !== undefined)
    return refuse({
      line: line + 1,
      column: 1,
      message: `"${separator.slice(0, 60)}" follows the separator ---, which kubectl refuses`,
      fix: 'Put it on a line of its own.',
    });
  try {
    return readValue(withoutMark(text, line), line, unreadable);
  } catch (error) {
    return refuse({ ...describe(error, line), fix: advice(text, error) });
  }
}

/** A byte order mark may begin each document, but follow no separator that begins the file. */
function withoutMark(text: string, line: number): string {
  return line === 0 ? text.replace(/^\uFEFF/, '') : text.replace(/^(---[^\n]*\n)?\uFEFF/, '$1');
}

/** What YAML allows in no text: control characters but tab and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for, and a class finds them ten times as fast as \p{Cc}
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

function readValue(text: string, line: number, unreadable: Unreadable[]): unknown {
  const value = text.startsWith('{')
    ? (attempt(() => JSON.parse(text)) ?? loadYaml(text, line, unreadable))
    : loadYaml(text, line, unreadable);
  assertBounded(value);
  const place = { line: line + 1, column: 1 };
  if (value === null || value === undefined) return undefined;
  if (!isRecord(value)) {
    unreadable.push({
      ...place,
      message: `${Array.isArray(value) ? 'a list' : `a ${typeof value}`}, not a Kubernetes object`,
      fix: 'Write objects: a map with apiVersion and kind, several of them apart by --- or as the items of a List.',
    });
    return undefined;
  }
  if (/^([A-Z]\w*)?List$/.test(String(value['kind'])) && 'items' in value && !isObjects(value['items'])) {
    unreadable.push({ ...place, message: 'the items of the List are not objects', fix: 'List objects, or remove it.' });
    return undefined;
  }
  return value;
}

function isObjects(items: unknown): boolean {
  return Array.isArray(items) && items.every(isRecord);
}

/** A key that stands twice is read by kubectl, which silently keeps the last. */
function loadYaml(text: string, line: number, unreadable: Unreadable[]): unknown {
  const control = CONTROL.exec(text);
  if (control) throw new PlaceError('a control character', text.slice(0, control.index));
  const first = firstDocument(text, line, unreadable);
  refuseTabs(first);
  refuseEscapes(first);
  try {
    return load(first, OPTIONS);
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key') throw error;
    const value = load(first, LENIENT);
    const { message, ...place } = describe(error, line);
    unreadable.push({ ...place, message: `${message}: the last one counts`, fix: 'Remove one.', severity: 'warning' });
    return value;
  }
}

/** Up to the end of a document (`...`): what stands between it and the next separator is never read. */
function firstDocument(text: string, line: number, unreadable: Unreadable[]): string {
  const first = beforeEnd(text);
  if (/^[ \t]*(?!#|\.\.\.)\S/m.test(text.slice(first.length))) {
    unreadable.push({
      line: line + first.split('\n').length,
      column: 1,
      message: 'kubectl does not read what follows the end of the document (...)',
      fix: 'Write --- between the documents.',
      severity: 'warning',
    });
  }
  return first;
}

/** Tabs indent nothing, not even comments. */
function refuseTabs(text: string): void {
  if (!text.includes('\t')) return;
  const tabs = [...text.matchAll(/^(?!---[ \t\r]*(?:#|$))[ -]*\t/gm)].map(
    ({ index, 0: indent }) => index + indent.length - 1,
  );
  if (tabs.length === 0) return;
  const root = outline(text, LENIENT);
  const tab = tabs.find((place) => !isEnclosed(text, root, place));
  if (tab !== undefined) throw new PlaceError('a tab, where only spaces can indent', text.slice(0, tab));
}

/** Escapes that JSON has and YAML 1.1 has not. */
const OF_JSON = /(?<!\\)((?:\\\\)*)\\(?:\/|u[dD][89a-fA-F])/g;

/** Only between double quotes is a backslash an escape: there the parser stumbles over one that nobody knows. */
function refuseEscapes(text: string): void {
  const strange = text.replace(OF_JSON, '$1\\q');
  if (strange !== text) load(strange, LENIENT);
}

class PlaceError extends Error {
  readonly line: number;

  constructor(message: string, before: string) {
    super(message);
    this.line = before.split('\n').length - 1;
  }
}

function describe(error: unknown, linesBefore: number): { line: number; column: number; message: string } {
  if (error instanceof YAMLException && error.mark) {
    return { line: error.mark.line + linesBefore + 1, column: error.mark.column + 1, message: error.reason };
  }
  const line = linesBefore + 1 + (error instanceof PlaceError ? error.line : 0);
  if (error instanceof RangeError) return { line, column: 1, message: 'nested too deeply to be read' };
  return { line, column: 1, message: error instanceof Error ? error.message : String(error) };
}

/** A value in braces or a statement of a template is YAML only by accident. */
function advice(text: string, error: unknown): string {
  if (text.includes('{{') || text.includes('{%'))
    return 'Of a template, give what it renders to: `helm template` or alike.';
  if (text.includes('\0')) return 'Give text: UTF-8, or UTF-16 with a byte order mark.';
  if (error instanceof YAMLException && error.reason.startsWith('end of the stream'))
    return 'Indent it like the lines above: kubectl stops reading there, and says nothing.';
  return 'Correct the YAML there; kubectl refuses it too.';
}
