import { setImmediate as endOfTurn } from 'node:timers/promises';
import { Champions, MAX_CHAMPIONS } from './champions.ts';
import { Dictionary } from './dictionary.ts';
import { DocumentWords } from './document-words.ts';
import { entryOf, NUMBER_SHIFT } from './entry.ts';
import { AUTHOR_WEIGHT, impactOf, rarity } from './impact.ts';
import { Matcher, type WordMatch } from './matcher.ts';
import { PostingLists } from './posting-lists.ts';
import { wordsOf } from './words.ts';

/** What the index knows of a quote. */
export interface Indexed {
  readonly id: string;
  readonly text: string;
  readonly author: string;
}

/** Ids of what was found, best first, and how many match in all (about, for very frequent words). */
export interface Found {
  readonly ids: readonly string[];
  readonly total: number;
}

/** Documents that 24 bits can number, the removed ones included. */
const MAX_DOCUMENTS = 2 ** (32 - NUMBER_SHIFT);
/** Words of a query that count: enough for a whole quote's beginning. */
const MAX_QUERY_WORDS = 8;
/** A single letter begins too many words to mean one of them. */
const MIN_PREFIX = 2;
/** Candidates that a query looks at first, beside the champions of a word: each costs a walk to another place in memory. */
const FIRST_VISITS = { oneWord: 2 ** 10, moreWords: MAX_CHAMPIONS } as const;
/** How many times further a query looks that has found too little among its candidates. */
const NEXT_VISITS = 4;

/**
 * Full-text index of quotes in this process: posting lists of numbers, a twentieth of the memory of an index of objects.
 * Changes are appended; what was removed stays behind as a number until the next build (see `wornOut`).
 */
export class QuoteIndex {
  readonly #dictionary = new Dictionary();
  readonly #postings = new PostingLists();
  readonly #numbers = new Map<string, number>();
  #ids: string[] = [];
  readonly #champions = new Champions();
  readonly #documents = new DocumentWords();
  readonly #matcher = new Matcher({
    postings: this.#postings,
    champions: this.#champions,
    documents: this.#documents,
    words: () => this.#dictionary.size,
  });

  /** Quotes that can be found. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Whether so much was removed or replaced that building anew pays. */
  get wornOut(): boolean {
    return this.#ids.length > 2 * this.size + 10_000 || this.#ids.length > MAX_DOCUMENTS - 10_000;
  }

  /** Adds a quote, or replaces the one of the same id. */
  put({ id, text, author }: Indexed): void {
    this.remove(id);
    const document = this.#ids.length;
    if (document >= MAX_DOCUMENTS)
      throw new RangeError(`the index holds at most ${MAX_DOCUMENTS} quotes; shard it before`);
    this.#ids.push(id);
    this.#numbers.set(id, document);
    const textWords = wordsOf(text);
    const authorWords = wordsOf(author);
    const frequencies = new Map<number, number>();
    this.#count(frequencies, textWords, 1);
    this.#count(frequencies, authorWords, AUTHOR_WEIGHT);
    const length = textWords.length + authorWords.length;
    const entries: number[] = [];
    for (const [word, frequency] of frequencies) {
      const impact = impactOf(frequency, length);
      const posting = entryOf(document, impact);
      this.#postings.push(word, posting);
      this.#champions.push(word, posting);
      entries.push(entryOf(word, impact));
    }
    this.#documents.add(document, entries);
  }

  remove(id: string): void {
    const document = this.#numbers.get(id);
    if (document === undefined) return;
    this.#numbers.delete(id);
    this.#documents.remove(document);
  }

  /** Quotes in which every word of the keyword occurs, or a word that begins with it. */
  search(keyword: string, limit: number): Found {
    const words = [...new Set(wordsOf(keyword))].slice(0, MAX_QUERY_WORDS).map((word) => this.#matchesOf(word));
    if (words.length === 0 || words.some(({ size }) => size === 0)) return { ids: [], total: 0 };
    const rarest = Math.min(...words.map(({ size }) => size));
    let visits: number = words.length === 1 ? FIRST_VISITS.oneWord : FIRST_VISITS.moreWords;
    let matches = this.#matcher.match(words, { limit, visits });
    while (matches.best.length < limit && visits < rarest) {
      // The words are frequent but rarely meet: an answer that misses some would be wrong, so this one takes longer.
      visits *= NEXT_VISITS;
      matches = this.#matcher.match(words, { limit, visits });
    }
    return { ids: matches.best.map((document) => this.#ids[document] ?? ''), total: matches.total };
  }

  /** Prepares what only pays once for many: to be called after a build, so that no search pays for it. */
  async settle(): Promise<void> {
    this.#dictionary.settle();
    for (const _ of this.#champions.choose(this.#postings)) await endOfTurn();
  }

  #matchesOf(word: string): WordMatch {
    const exact = this.#dictionary.find(word);
    const numbers = word.length < MIN_PREFIX ? [exact ?? []].flat() : this.#dictionary.startingWith(word);
    const size = numbers.reduce((sum, number) => sum + this.#postings.length(number), 0);
    return { exact, numbers, size, weight: rarity(this.#ids.length, size) };
  }

  #count(frequencies: Map<number, number>, words: readonly string[], weight: number): void {
    for (const word of words) {
      const list = this.#listOf(word);
      frequencies.set(list, (frequencies.get(list) ?? 0) + weight);
    }
  }

  /** Lists are numbered like the words of the dictionary. */
  #listOf(word: string): number {
    const known = this.#dictionary.find(word);
    if (known !== undefined) return known;
    this.#postings.add();
    return this.#dictionary.add(word);
  }
}
