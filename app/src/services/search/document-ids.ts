import { KeyTable, NONE } from './key-table.ts';
import { resized } from './resized.ts';

/** Which document has which id: a document is a number, given in the order of arrival and never again. */
export class DocumentIds {
  readonly #keys = new KeyTable();
  /** Per key: its document plus one, 0 where that was removed. */
  #documentOf = new Uint32Array(1024);
  /** Per document: its key. */
  #keyOf = new Uint32Array(1024);
  #documents = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get documents(): number {
    return this.#documents;
  }

  /** Gives the id that is the bytes from `start` to `end` a new document. */
  put(bytes: Uint8Array, start: number, end: number): { readonly document: number; readonly replaced: number } {
    const key = this.#keys.put(bytes, start, end);
    const document = this.#documents++;
    if (key >= this.#documentOf.length) this.#documentOf = resized(this.#documentOf, new Uint32Array(2 * key));
    if (document >= this.#keyOf.length) this.#keyOf = resized(this.#keyOf, new Uint32Array(2 * document));
    const replaced = (this.#documentOf[key] ?? 0) - 1;
    this.#documentOf[key] = document + 1;
    this.#keyOf[document] = key;
    if (replaced === NONE) this.#size++;
    return { document, replaced };
  }

  /** Removes an id; returns the document that it had, or NONE. */
  remove(id: Uint8Array): number {
    const key = this.#keys.find(id, 0, id.length);
    const document = key === NONE ? NONE : (this.#documentOf[key] ?? 0) - 1;
    if (document === NONE) return NONE;
    this.#documentOf[key] = 0;
    this.#size--;
    return document;
  }

  /** Below 0 where the id of a document comes before the bytes from `start` to `end`, above where it comes after them. */
  compare(document: number, bytes: Uint8Array, start: number, end: number): number {
    return this.#keys.compare(this.#keyOf[document] ?? 0, bytes, start, end);
  }

  idOf(document: number): string {
    return this.#keys.text(this.#keyOf[document] ?? 0);
  }
}
