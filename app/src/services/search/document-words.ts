/** Entries of a page; a document's words never cross from one page to the next. */
const PAGE_BITS = 20;
const PAGE_SIZE = 2 ** PAGE_BITS;

/** The other way round from posting lists: the words of each document, as 32-bit entries that end with a 0. */
export class DocumentWords {
  readonly #pages: Uint32Array[] = [new Uint32Array(PAGE_SIZE)];
  /** Where the entries of a document begin, over all pages. */
  #starts = new Uint32Array(1024);
  /** Entry 0 stays 0: the words of a document that was removed. */
  #end = 1;

  /** Adds a document. @param entries none of them 0, and fewer than a page holds */
  add(document: number, entries: readonly number[]): void {
    if (this.#end + entries.length >= this.#pages.length * PAGE_SIZE) {
      this.#end = this.#pages.length * PAGE_SIZE;
      this.#pages.push(new Uint32Array(PAGE_SIZE));
    }
    if (document >= this.#starts.length) this.#grow();
    this.#starts[document] = this.#end;
    this.page(document).set(entries, this.offset(document));
    this.#end += entries.length + 1;
  }

  /** Leaves a document without words: no query matches it any more. */
  remove(document: number): void {
    this.#starts[document] = 0;
  }

  /** Documents that there is room for at the moment. */
  get capacity(): number {
    return this.#starts.length;
  }

  /** The page that holds the entries of a document. */
  page(document: number): Uint32Array {
    return this.#pages[(this.#starts[document] ?? 0) >>> PAGE_BITS] ?? NOTHING;
  }

  /** Where in its page they begin. */
  offset(document: number): number {
    return (this.#starts[document] ?? 0) & (PAGE_SIZE - 1);
  }

  #grow(): void {
    const larger = new Uint32Array(2 * this.#starts.length);
    larger.set(this.#starts);
    this.#starts = larger;
  }
}

const NOTHING = new Uint32Array(1);
