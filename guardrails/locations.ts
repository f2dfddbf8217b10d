import type { Field } from './field.ts';
import { type Chunk, type Document, splitDocuments } from './input/document.ts';
import { outline, startOf } from './input/outline.ts';
import { LENIENT } from './input/parse.ts';

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

function* positions({ text, line }: Chunk, fields: readonly Field[]): Iterable<readonly [Field, Position]> {
  const root = outline(text, LENIENT);
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
