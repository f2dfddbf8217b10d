import { resized } from './resized.ts';

/** Entries of a page; a document's words never cross from one page to the next. */
const PAGE_BITS = 18;
const PAGE_SIZE = 2 ** PAGE_BITS;

/** The other way round from posting lists: the words of each document, as 32-bit entries that end with a 0. */
export class DocumentWords {
  readonly #pages: Uint32Array[] = [new Uint32Array(PAGE_SIZE)];
  /** Where the entries of a document begin, over all pages. */
  #starts = new Uint32Array(1024);
  /** Entry 0 stays 0: the words of what was never begun. */
  #end = 1;

  /** Begins a document of at most `length` words, fewer than a page holds: the next entries are its own. */
  begin(document: number, length: number): void {
    if (this.#end + length >= this.#pages.length * PAGE_SIZE) {
      this.#end = this.#pages.length * PAGE_SIZE;
      this.#pages.push(new Uint32Array(PAGE_SIZE));
    }
    if (document >= this.#starts.length) this.#starts = resized(this.#starts, new Uint32Array(2 * document));
    this.#starts[document] = this.#end;
  }

  /** Adds a word to the document that was begun last. @param entry not 0 */
  push(entry: number): void {
    const page = this.#pages[this.#end >>> PAGE_BITS] ?? NOTHING;
    page[this.#end & (PAGE_SIZE - 1)] = entry;
    this.#end++;
  }

  /** Ends the document: one entry stays 0. */
  end(): void {
    this.#end++;
  }

  /** The page that holds the entries of a document. */
  page(document: number): Uint32Array {
    return this.#pages[(this.#starts[document] ?? 0) >>> PAGE_BITS] ?? NOTHING;
  }

  /** Where in its page they begin. */
  offset(document: number): number {
    return (this.#starts[document] ?? 0) & (PAGE_SIZE - 1);
  }
}

const NOTHING = new Uint32Array(1);
