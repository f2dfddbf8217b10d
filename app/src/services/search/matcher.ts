import type { PostingLists } from './posting-lists.ts';
import { TopList } from './top-list.ts';

/** One list of a word of the query: the word itself, or one that begins with it. */
export interface WeightedList {
  readonly list: number;
  readonly weight: number;
}

/** A word of the query: a document matches it by any of these lists, and counts the best. */
export interface WordMatch {
  readonly lists: readonly WeightedList[];
  /** Postings of all lists together. */
  readonly size: number;
}

export interface Matches {
  /** Documents, best first. */
  readonly best: readonly number[];
  /** Documents that match; a lower bound where the visit was cut short. */
  readonly total: number;
}

export interface MatchOptions {
  readonly limit: number;
  /** Postings of the rarest word that are looked at: what keeps a frequent word from holding the event loop. */
  readonly visits: number;
}

/** Eight bits of impact below the document's number. */
export const DOCUMENT_SHIFT = 8;
const IMPACT_MASK = 0xff;
/** Looking up one document in a list costs as much as reading this many entries in a row. */
const LOOKUP_COST = 20;

/** Evaluates queries over posting lists; keeps its score tables between queries, for it never runs twice at a time. */
export class Matcher {
  readonly #postings: PostingLists;
  readonly #alive: () => Uint8Array;
  /** Per document: words of the query that have matched, the sum of their scores, and the part of the latest word. */
  #matched = new Uint8Array(0);
  #scores = new Float32Array(0);
  #part = new Float32Array(0);
  #touched: number[] = [];

  constructor(postings: PostingLists, alive: () => Uint8Array) {
    this.#postings = postings;
    this.#alive = alive;
  }

  /** Documents that match every word. */
  match(words: readonly WordMatch[], { limit, visits }: MatchOptions): Matches {
    this.#prepare();
    const [first, ...others] = [...words].sort((a, b) => a.size - b.size);
    if (first === undefined) return { best: [], total: 0 };
    this.#begin(first, visits);
    others.forEach((word, index) => {
      for (const list of word.lists) this.#refine(list, index + 1);
    });
    return this.#collect(words.length, limit);
  }

  #prepare(): void {
    const capacity = this.#alive().length;
    if (this.#matched.length === capacity) return;
    this.#matched = new Uint8Array(capacity);
    this.#scores = new Float32Array(capacity);
    this.#part = new Float32Array(capacity);
  }

  /** The documents of the rarest word; only these can match all. */
  #begin({ lists }: WordMatch, visits: number): void {
    const alive = this.#alive();
    let left = visits;
    for (const { list, weight } of lists) {
      const { page, start, length } = this.#postings.view(list);
      const end = start + Math.min(length, left);
      for (let at = start; at < end; at++) {
        const posting = page[at] ?? 0;
        const document = posting >>> DOCUMENT_SHIFT;
        if (alive[document] === 0) continue;
        if (this.#matched[document] === 0) this.#touched.push(document);
        this.#count(document, 0, (posting & IMPACT_MASK) * weight);
      }
      left -= end - start;
      if (left === 0) return;
    }
  }

  /** One list of a further word: read in a row, or asked for each document that is left, whichever is less work. */
  #refine({ list, weight }: WeightedList, word: number): void {
    const { page, start, length } = this.#postings.view(list);
    if (length <= this.#touched.length * LOOKUP_COST) {
      for (let at = start; at < start + length; at++) {
        const posting = page[at] ?? 0;
        this.#count(posting >>> DOCUMENT_SHIFT, word, (posting & IMPACT_MASK) * weight);
      }
      return;
    }
    for (const document of this.#touched) {
      const posting = find(page, start, start + length, document);
      if (posting !== undefined) this.#count(document, word, (posting & IMPACT_MASK) * weight);
    }
  }

  /** Adds a word's score to a document that has matched all words before it; of several lists the best one counts. */
  #count(document: number, word: number, score: number): void {
    const matched = this.#matched[document] ?? 0;
    if (matched === word) {
      this.#matched[document] = word + 1;
      this.#scores[document] = (this.#scores[document] ?? 0) + score;
      this.#part[document] = score;
    } else if (matched === word + 1 && score > (this.#part[document] ?? 0)) {
      this.#scores[document] = (this.#scores[document] ?? 0) + score - (this.#part[document] ?? 0);
      this.#part[document] = score;
    }
  }

  /** Picks the best, and leaves the tables as they were found. */
  #collect(words: number, limit: number): Matches {
    const top = new TopList(limit);
    let total = 0;
    for (const document of this.#touched) {
      if (this.#matched[document] === words) {
        total++;
        top.offer(document, this.#scores[document] ?? 0);
      }
      this.#matched[document] = 0;
      this.#scores[document] = 0;
    }
    this.#touched = [];
    return { best: top.items, total };
  }
}

/** The posting of a document in a list ordered by documents. */
function find(page: Uint32Array, start: number, end: number, document: number): number | undefined {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((page[middle] ?? 0) >>> DOCUMENT_SHIFT < document) low = middle + 1;
    else high = middle;
  }
  const posting = low < end ? page[low] : undefined;
  return posting !== undefined && posting >>> DOCUMENT_SHIFT === document ? posting : undefined;
}
