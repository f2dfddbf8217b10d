import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Field, Key } from './field.ts';
import { type Document, splitDocuments } from './source.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds fields in the text they came from. Positions cost a second, slower parse, so only documents with a finding are parsed for them. */
export class Locations {
  readonly #files: ReadonlyMap<string, Document>;

  constructor(documents: readonly Document[]) {
    this.#files = new Map(documents.map((document) => [document.file, document]));
  }

  /** Where the field stands, or its nearest ancestor that is written; nothing when there is no text. */
  of(field: Field): Position | undefined {
    const { file, document, within } = field.resource.origin;
    const text = this.#files.get(file)?.text;
    const chunk = text === undefined ? undefined : splitDocuments(text)[document];
    if (!chunk) return undefined;
    const counter = new LineCounter();
    const tree = parseDocument(chunk.text, { lineCounter: counter, uniqueKeys: false });
    const path: Key[] = [...within, ...field.path];
    while (path.length > 0 && !isNode(tree.getIn(path, true))) path.pop();
    const node = path.length > 0 ? tree.getIn(path, true) : tree.contents;
    if (!isNode(node) || !node.range) return undefined;
    const { line, col } = counter.linePos(node.range[0]);
    return { line: line + chunk.line, column: col };
  }
}
