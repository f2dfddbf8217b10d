import { isRecord, type Key, type Origin } from '../field.ts';

/** Something in a file that cannot be read as an object, and where. */
export interface Unreadable {
  /** From 1. @default - the whole file */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly fix: string;
  /** `warning` where kubectl reads on and loses something. @default 'error' */
  readonly severity?: 'warning';
}

/** One file with the objects in it, in order. */
export interface Document {
  readonly file: string;
  /** One item a document of the stream; undefined where it could not be read. */
  readonly objects: readonly unknown[];
  /** The text they were read from, for positions: one YAML document an object. @default - findings have no line */
  readonly text?: string;
  /** What of the file could not be read. @default - nothing */
  readonly unreadable?: readonly Unreadable[];
}

/** An object of a file, and the way to it. */
export interface Placed {
  readonly origin: Origin;
  readonly value: unknown;
}

const flattened = new WeakMap<Document, readonly Placed[]>();

/** The objects of a file with the items of lists taken out, each with the way to it: the same ones whoever asks. */
export function flatten(document: Document): readonly Placed[] {
  const found = flattened.get(document) ?? flattenAnew(document);
  flattened.set(document, found);
  return found;
}

function flattenAnew({ file, objects, text = '$patch' }: Document): readonly Placed[] {
  const mayPatch = /\$(?:patch|retainKeys|deleteFrom|setElement)/.test(text);
  return objects.flatMap((value, document) =>
    value === null || value === undefined || (mayPatch && isPatch(value))
      ? []
      : unpack({ file, document, within: [] }, value),
  );
}

/** What only a strategic merge patch holds: it is a part of an object, which nobody can judge. */
const DIRECTIVE = /^\$(patch$|retainKeys$|deleteFromPrimitiveList\/|setElementOrder\/)/;

/** Whether a directive of kustomize stands anywhere in a value. */
export function isPatch(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isPatch);
  return isRecord(value) && Object.entries(value).some(([key, below]) => DIRECTIVE.test(key) || isPatch(below));
}

function unpack(origin: Origin, value: unknown): readonly Placed[] {
  if (!isRecord(value) || !Array.isArray(value['items']) || !isList(value['kind'])) return [{ origin, value }];
  const kind = value['kind'].slice(0, -'List'.length);
  const given = kind === '' ? {} : { apiVersion: value['apiVersion'], kind };
  return value['items'].flatMap((item, index) => {
    const within: readonly Key[] = [...origin.within, 'items', index];
    return unpack({ ...origin, within }, isRecord(item) ? { ...given, ...item } : item);
  });
}

/** `List`, and lists of one kind such as `ConfigMapList`, whose items need not repeat it. */
function isList(kind: unknown): kind is string {
  return typeof kind === 'string' && kind.endsWith('List');
}

/** One document of a stream, with the number of lines before it. */
export interface Chunk {
  readonly text: string;
  readonly line: number;
}

/** The documents of a stream that hold anything: YAML between separators, or JSON objects one after the other. */
export function splitDocuments(text: string): readonly Chunk[] {
  return jsonObjects(text) ?? yamlDocuments(text);
}

/** A line with anything in it but a comment, a separator or the end of a document. */
const CONTENT = /(?:^|\n)(?!\uFEFF?[ \r]*(?:#|---[ \t\r]*(?:#|\n|$)|\.\.\.[ \t\r]*(?:\n|$)|\n|$))/;

/** What YAML 1.1 takes for the end of a line beside the usual ones: the next line and the separators of Unicode. */
const BREAK = /[\x85\u2028\u2029]/g;

/** A line that begins like a separator is one for kubectl, even within a quoted text. */
function yamlDocuments(text: string): readonly Chunk[] {
  const starts = [0, ...[...text.matchAll(/\n---/g)].map(({ index }) => index + 1)];
  let line = 0;
  const chunks = starts.map((start, index) => {
    const written = text.slice(start, (starts[index + 1] ?? text.length + 1) - 1);
    const chunk = { text: written.replace(BREAK, '\n'), line };
    // As editors count them, for which only the usual ends are some.
    line += linesIn(written);
    return chunk;
  });
  return chunks.filter((chunk) => CONTENT.test(chunk.text));
}

/** What a parser reads of a document: up to its end (`...`), unless nothing stands before that. */
export function beforeEnd(text: string): string {
  const first = text.slice(0, /^\.\.\.[ \t\r]*(#.*)?$/m.exec(text)?.index);
  return first.trim() === '' ? text : first;
}

function linesIn(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** Objects of JSON with nothing but space between them; undefined for any other text. */
function jsonObjects(text: string): readonly Chunk[] | undefined {
  if (!/^\s*\{/.test(text.slice(0, 1000))) return undefined;
  const chunks: Chunk[] = [];
  let [start, depth, line, startLine] = [-1, 0, 0, 0];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"?|[{}\n]|[^\s{}"]+/g)) {
    const outside = depth === 0;
    if (token === '{') depth += 1;
    else if (token === '}') depth -= 1;
    else if (token === '\n') line += 1;
    else if (outside) return undefined;
    if (token.startsWith('"')) line += token.split('\n').length - 1;
    if (depth < 0) return undefined;
    if (outside && token === '{') [start, startLine] = [index, line];
    if (depth === 0 && token === '}') chunks.push({ text: text.slice(start, index + 1), line: startLine });
  }
  return depth === 0 ? chunks : undefined;
}
