import { fold } from '../../text/folding.ts';
import { wordsOf } from '../../text/words.ts';
import type { DocumentIds } from './document-ids.ts';
import type { DocumentSet } from './document-set.ts';
import { KeyTable } from './key-table.ts';
import { resized } from './resized.ts';
import { TopList } from './top-list.ts';

/** Which quotes are listed, and from where on. */
export interface Listing {
  /** As anyone may write it: accents, case and punctuation do not matter. @default - any */
  readonly author?: string | undefined;
  /** A tag; `fr` stands for `fr-CA` too. @default - any */
  readonly language?: string | undefined;
  /** The last id of the page before. @default - the first page */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A page of a listing: ids in order, and whether there are more. */
export interface Listed {
  readonly ids: readonly string[];
  readonly more: boolean;
}

/** A value that quotes have, and how many have it. */
export interface Shared {
  readonly value: string;
  readonly quotes: number;
}

const NAMES_OF_A_STEP = 256;

/** Part of a document's bytes. */
type Slice = readonly [bytes: Uint8Array, start: number, end: number];

/** Quotes in the order of their ids, with the author and the language of each: twelve bytes a quote. */
export class ListedQuotes {
  readonly #ids: DocumentIds;
  readonly #removed: DocumentSet;
  /** Documents in the order of their ids, those that were removed since among them. */
  #order = new Uint32Array(1024);
  #count = 0;
  /** How many at its beginning are in order. */
  #sorted = 0;
  readonly #authors = new Column();
  readonly #languages = new Column();
  /** Names of authors as they are compared, and per author which of them is theirs. */
  readonly #folded = new KeyTable();
  readonly #foldedOf: number[] = [];

  constructor(ids: DocumentIds, removed: DocumentSet) {
    this.#ids = ids;
    this.#removed = removed;
  }

  /** Adds a document; an earlier one of its id was removed. */
  put(document: number, id: Slice, { author, language }: { readonly author: Slice; readonly language: Slice }): void {
    this.#place(document, id);
    this.#authors.put(document, author);
    this.#languages.put(document, language);
  }

  /** Makes the names of authors comparable, some at each step: to be taken once, after a build. New ones are, when an author is asked for. */
  *foldAuthors(): Generator<void> {
    while (this.#foldedOf.length < this.#authors.size) {
      const name = Buffer.from(comparable(this.#authors.text(this.#foldedOf.length)));
      this.#foldedOf.push(this.#folded.put(name, 0, name.length));
      if (this.#foldedOf.length % NAMES_OF_A_STEP === 0) yield;
    }
  }

  /** To be told of each document that does not count any more. */
  remove(document: number): void {
    this.#authors.remove(document);
    this.#languages.remove(document);
  }

  /** A page in the order of ids. At worst it looks at every quote: a few milliseconds for a million. */
  page({ author, language, after, limit }: Listing): Listed {
    this.#settle();
    const isAuthor = this.#authorTest(author);
    const isLanguage = this.#languages.test((tag) => language === undefined || isWithin(tag, language));
    const start = after === undefined ? 0 : this.#after(Buffer.from(after), 0, this.#count);
    const ids: string[] = [];
    for (let at = start; at < this.#count; at++) {
      const document = this.#order[at] ?? 0;
      if (!isAuthor(document) || !isLanguage(document) || this.#removed.has(document)) continue;
      if (ids.length === limit) return { ids, more: true };
      ids.push(this.#ids.idOf(document));
    }
    return { ids, more: false };
  }

  /** The authors whom most quotes have. */
  authors(limit: number): Shared[] {
    return this.#authors.most(limit);
  }

  languages(limit: number): Shared[] {
    return this.#languages.most(limit);
  }

  #authorTest(author: string | undefined): (document: number) => boolean {
    if (author === undefined) return () => true;
    for (const _ of this.foldAuthors());
    const name = Buffer.from(comparable(author));
    const wanted = this.#folded.find(name, 0, name.length);
    return (document) => this.#foldedOf[this.#authors.of(document)] === wanted;
  }

  /** Ids of this platform sort by time, and a snapshot comes in their order: nearly all are in place at once. */
  #place(document: number, [bytes, start, end]: Slice): void {
    if (this.#count === this.#order.length) this.#order = resized(this.#order, new Uint32Array(2 * this.#count));
    const last = this.#order[this.#count - 1];
    const isInPlace = last === undefined || this.#ids.compare(last, bytes, start, end) < 0;
    if (isInPlace && this.#sorted === this.#count) this.#sorted++;
    this.#order[this.#count++] = document;
  }

  /** Sorts what came out of order in among the others. What it replaced stays, and is passed over as removed. */
  #settle(): void {
    if (this.#sorted === this.#count) return;
    const recent = [...this.#order.subarray(this.#sorted, this.#count)]
      .map((document) => ({ document, id: this.#ids.idOf(document) }))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    const merged = new Uint32Array(this.#order.length);
    let [from, to] = [0, 0];
    for (const { document, id } of recent) {
      // A million are passed over at once: each change of a quote comes out of order.
      const next = this.#after(Buffer.from(id), from, this.#sorted);
      merged.set(this.#order.subarray(from, next), to);
      to += next - from;
      from = next;
      merged[to++] = document;
    }
    merged.set(this.#order.subarray(from, this.#sorted), to);
    this.#order = merged;
    this.#sorted = this.#count;
  }

  /** Index of the first of the documents between two places, which are in order, whose id comes after this one; the end where there is none. */
  #after(id: Uint8Array, start: number, end: number): number {
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ids.compare(this.#order[middle] ?? 0, id, 0, id.length) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** One value for each document, out of few different ones. */
class Column {
  readonly #values = new KeyTable();
  #of = new Uint32Array(1024);
  readonly #quotes: number[] = [];

  /** Different values. */
  get size(): number {
    return this.#values.size;
  }

  put(document: number, [bytes, start, end]: Slice): void {
    const value = this.#values.put(bytes, start, end);
    if (document >= this.#of.length) this.#of = resized(this.#of, new Uint32Array(2 * document));
    this.#of[document] = value;
    this.#quotes[value] = (this.#quotes[value] ?? 0) + 1;
  }

  remove(document: number): void {
    const value = this.of(document);
    this.#quotes[value] = (this.#quotes[value] ?? 1) - 1;
  }

  of(document: number): number {
    return this.#of[document] ?? 0;
  }

  text(value: number): string {
    return this.#values.text(value);
  }

  /** Tells the documents whose value is accepted. */
  test(accepts: (value: string) => boolean): (document: number) => boolean {
    const accepted = this.#quotes.map((_, value) => accepts(this.text(value)));
    return (document) => accepted[this.of(document)] === true;
  }

  /** The values that most documents have, except none at all. */
  most(limit: number): Shared[] {
    const top = new TopList(limit);
    let least = 0;
    this.#quotes.forEach((quotes, value) => {
      if (quotes > least && this.text(value) !== '') least = top.offer(value, quotes);
    });
    return top.items.map((value) => ({ value: this.text(value), quotes: this.#quotes[value] ?? 0 }));
  }
}

/** By its words; a name without any, such as an emoji, by what it is. */
function comparable(author: string): string {
  return wordsOf(author).join(' ') || fold(author);
}

/** Whether a language is another or a variety of it (RFC 4647, 3.3.1). */
function isWithin(tag: string, language: string): boolean {
  return tag === language || tag.startsWith(`${language}-`);
}
