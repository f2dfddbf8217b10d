import type { DocumentWords } from './document-words.ts';
import { IMPACT_MASK, NUMBER_SHIFT } from './impact.ts';
import { shifted, shiftOf, type WordMatch } from './word-match.ts';

/** Most words of a query: a bit each, below the sign. */
export const MAX_QUERY_WORDS = 24;

/** A word that did not count would be a wrong answer. */
export class TooManyWords extends RangeError {
  readonly words: number;

  constructor(words: number) {
    super(`a query has at most ${MAX_QUERY_WORDS} words`);
    this.words = words;
  }
}

export interface MarkedWords {
  readonly documents: DocumentWords;
  /** Whether a word of the index begins so. */
  readonly startsWith: (word: number, prefix: Uint8Array) => boolean;
}

/** Tells what a document is worth to a query by reading its words: each word of the index that the query asks for is marked. */
export class WordMarks {
  readonly #documents: DocumentWords;
  readonly #startsWith: MarkedWords['startsWith'];
  #broad: readonly { readonly bit: number; readonly prefix: Uint8Array }[] = [];
  #words: readonly WordMatch[] = [];
  /** Per word of the index: a bit for each word of the query that it stands for. All zero between queries. */
  #marks = new Uint32Array(0);
  /** Per word of the query: the best score in the document that is being looked at. */
  readonly #best = new Float64Array(MAX_QUERY_WORDS);

  constructor({ documents, startsWith }: MarkedWords) {
    this.#documents = documents;
    this.#startsWith = startsWith;
  }

  /** Begins a query. @param known words that the index knows */
  set(words: readonly WordMatch[], known: number): void {
    if (this.#marks.length < known) this.#marks = new Uint32Array(2 * known);
    this.#words = words;
    this.#broad = words.flatMap(({ broad }, word) => (broad === undefined ? [] : [{ bit: 1 << word, prefix: broad }]));
    const marks = this.#marks;
    words.forEach(({ numbers }, word) => {
      for (const number of numbers) marks[number] = (marks[number] ?? 0) | (1 << word);
    });
  }

  clear(): void {
    for (const { numbers } of this.#words) for (const number of numbers) this.#marks[number] = 0;
  }

  /** The sum over the query's words of the best that the document has for each; 0 where it lacks one. */
  scoreOf(document: number): number {
    const marks = this.#marks;
    const best = this.#best;
    const wanted = this.#words.length;
    for (let word = 0; word < wanted; word++) best[word] = 0;
    const page = this.#documents.page(document);
    for (let at = this.#documents.offset(document); page[at] !== 0; at++) {
      const entry = page[at] ?? 0;
      const mark = (marks[entry >>> NUMBER_SHIFT] ?? 0) | this.#broadMark(entry >>> NUMBER_SHIFT);
      if (mark !== 0) this.#keepBest(mark, entry);
    }
    let sum = 0;
    for (let word = 0; word < wanted; word++) {
      const score = best[word] ?? 0;
      if (score === 0) return 0;
      sum += score;
    }
    return sum;
  }

  /** The words of the query that begin too many words of the index for each of these to be marked. */
  #broadMark(number: number): number {
    let mark = 0;
    for (let at = 0; at < this.#broad.length; at++) {
      const broad = this.#broad[at];
      if (broad !== undefined && this.#startsWith(number, broad.prefix)) mark |= broad.bit;
    }
    return mark;
  }

  /** Counts an entry for each word of the query that it stands for. */
  #keepBest(mark: number, entry: number): void {
    for (let word = 0; mark >>> word !== 0; word++) {
      const query = this.#words[word];
      if (((mark >>> word) & 1) === 0 || query === undefined) continue;
      const score = shifted(entry & IMPACT_MASK, shiftOf(query, entry >>> NUMBER_SHIFT)) * query.weight;
      this.#best[word] = Math.max(this.#best[word] ?? 0, score);
    }
  }
}
