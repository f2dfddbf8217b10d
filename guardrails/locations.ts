import { type LoadOptions, load, type State } from 'js-yaml';
import type { Field, Key } from './field.ts';
import { beforeEnd, type Chunk, type Document, splitDocuments } from './input/document.ts';
import { LENIENT } from './input/scalars.ts';
import { groupBy } from './platform.ts';

/** A value of a YAML text: where it stands, and what stands in it. */
interface Node {
  start: number;
  end: number;
  kind: string;
  result: unknown;
  readonly children: Node[];
}

/** The values of a YAML text by their places. js-yaml reports each as it composes it, keys and values in turn. */
export function outline(text: string, options: LoadOptions): Node {
  const root: Node = { start: 0, end: text.length, kind: '', result: undefined, children: [] };
  const open: Node[] = [root];
  const listener = function (this: State, event: 'open' | 'close', state: State): void {
    if (event === 'open') {
      open.push({ start: state.position, end: 0, kind: '', result: undefined, children: [] });
      return;
    }
    const node = open.pop();
    if (!node) return;
    node.start = afterSpace(text, node.start);
    node.end = state.position;
    node.kind = String(state.kind);
    node.result = state.result;
    open.at(-1)?.children.push(node);
  };
  load(text, { ...options, listener });
  return root;
}

/** Where the value at these keys begins, or the nearest one around it that is written. */
export function startOf(text: string, root: Node, path: readonly Key[]): number {
  let node = settled(root.children.at(-1) ?? root);
  for (const key of path) {
    const next = typeof key === 'number' ? node.children[key] : below(text, node, key);
    if (!next || next.kind === 'null') break;
    node = settled(next);
  }
  return node.start;
}

/** Whether a place is within a text, or within braces or brackets: where a tab is only space. */
export function isEnclosed(text: string, node: Node, place: number): boolean {
  if (node.start > place || node.end <= place)
    return node.kind === '' && node.children.some((child) => isEnclosed(text, child, place));
  if (node.kind === 'scalar' || /[[{]/.test(text[node.start] ?? '')) return true;
  return node.children.some((child) => isEnclosed(text, child, place));
}

/** js-yaml tries a node as another kind before it settles: then the same value is nested in itself. */
function settled(node: Node): Node {
  const [only] = node.children;
  return only && node.children.length === 1 && only.result === node.result && node.kind === only.kind
    ? settled(only)
    : node;
}

function below(text: string, { children }: Node, key: string): Node | undefined {
  let found: Node | undefined;
  for (let index = 0; index < children.length; index += 1) {
    const name = children[index];
    const hasValue = name !== undefined && /^[ \t\r\n]*:/.test(text.slice(name.end, name.end + 100));
    if (hasValue) index += 1;
    if (hasValue && String(name.result) === key) found = children[index];
  }
  return found;
}

/** Past space, comments, anchors and tags. */
function afterSpace(text: string, from: number): number {
  const space = /(?:\s+|#[^\n]*|[&!][^\s,[\]{}]*(?=\s))*/y;
  space.lastIndex = from;
  space.exec(text);
  return space.lastIndex;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where fields stand in the text they came from, or their nearest ancestors that are written; nothing for a field whose text is not known.
 * Positions cost a second parse, so only what holds a finding is parsed for them, each document once: a List of a thousand objects
 * with a fault each is one document.
 */
export function locate(documents: readonly Document[], fields: Iterable<Field>): ReadonlyMap<Field, Position> {
  const wanted = groupBy(fields, ({ resource }) => resource.origin.file);
  const found = new Map<Field, Position>();
  for (const document of documents) {
    const inFile = wanted.get(document.file);
    // Only here, because a text that was forgotten is read again.
    const text = inFile && document.text;
    if (!inFile || text === undefined) continue;
    const chunks = splitDocuments(text);
    for (const [document, asked] of groupBy(inFile, ({ resource }) => String(resource.origin.document))) {
      const chunk = chunks[Number(document)];
      if (chunk) for (const [field, position] of positions(chunk, asked)) found.set(field, position);
    }
  }
  return found;
}

function* positions({ text, line }: Chunk, fields: readonly Field[]): Iterable<readonly [Field, Position]> {
  const root = outline(beforeEnd(text), LENIENT);
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  for (const field of fields) {
    const start = startOf(text, root, [...field.resource.origin.within, ...field.path]);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    yield [field, { line: line + low + 1, column: start - (starts[low] ?? 0) + 1 }];
  }
}
