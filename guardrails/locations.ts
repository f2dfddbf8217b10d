import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Field, Key } from './field.ts';
import { type Document, splitDocuments } from './source.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where fields stand in the text they came from, or their nearest ancestors that are written; nothing for a field whose text is not known.
 * Positions cost a second, slower parse, so only what holds a finding is parsed for them, each document once: a List of a thousand objects
 * with a fault each is one document.
 */
export function locate(documents: readonly Document[], fields: Iterable<Field>): ReadonlyMap<Field, Position> {
  const wanted = byDocument(fields);
  const found = new Map<Field, Position>();
  for (const { file, text } of documents) {
    const inFile = wanted.get(file);
    if (!inFile || text === undefined) continue;
    const chunks = splitDocuments(text);
    for (const [document, asked] of inFile) {
      const chunk = chunks[document];
      if (chunk) for (const [field, position] of positions(chunk, asked)) found.set(field, position);
    }
  }
  return found;
}

/** Fields by file, then by the document of it. */
function byDocument(fields: Iterable<Field>): ReadonlyMap<string, ReadonlyMap<number, readonly Field[]>> {
  const files = new Map<string, Map<number, Field[]>>();
  for (const field of fields) {
    const { file, document } = field.resource.origin;
    const inFile = files.get(file) ?? new Map<number, Field[]>();
    files.set(file, inFile);
    const inDocument = inFile.get(document);
    if (inDocument) inDocument.push(field);
    else inFile.set(document, [field]);
  }
  return files;
}

function* positions(
  chunk: { readonly text: string; readonly line: number },
  fields: readonly Field[],
): Iterable<readonly [Field, Position]> {
  const counter = new LineCounter();
  const tree = parseDocument(chunk.text, { lineCounter: counter, uniqueKeys: false });
  for (const field of fields) {
    const path: Key[] = [...field.resource.origin.within, ...field.path];
    while (path.length > 0 && !isNode(tree.getIn(path, true))) path.pop();
    const node = path.length > 0 ? tree.getIn(path, true) : tree.contents;
    if (!isNode(node) || !node.range) continue;
    const { line, col } = counter.linePos(node.range[0]);
    yield [field, { line: line + chunk.line, column: col }];
  }
}
