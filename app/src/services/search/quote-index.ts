import { Dictionary } from './dictionary.ts';
import { AUTHOR_WEIGHT, impactOf, rarity } from './impact.ts';
import { DOCUMENT_SHIFT, Matcher, type WordMatch } from './matcher.ts';
import { PostingLists } from './posting-lists.ts';
import { wordsOf } from './words.ts';

/** What the index knows of a quote. */
export interface Indexed {
  readonly id: string;
  readonly text: string;
  readonly author: string;
}

/** Ids of what was found, best first, and how many match in all (at least, for very frequent words). */
export interface Found {
  readonly ids: readonly string[];
  readonly total: number;
}

/** Documents that 24 bits can number, the removed ones included. */
const MAX_DOCUMENTS = 2 ** (32 - DOCUMENT_SHIFT);
/** Words of a query that count: enough for a whole quote's beginning. */
const MAX_QUERY_WORDS = 8;
/** A single letter begins too many words to mean one of them. */
const MIN_PREFIX = 2;
/** Words that one beginning stands for: the most frequent ones, beside the word itself. */
const MAX_EXPANSIONS = 128;
/** A word that only begins like the query's weighs this much of one that is equal. */
const PREFIX_WEIGHT = 0.5;
const MAX_VISITS = 2 ** 17;

/**
 * Full-text index of quotes in this process: posting lists of numbers, a twentieth of the memory of an index of objects.
 * Changes are appended; what was removed stays behind as a number until the next build (see `wornOut`).
 */
export class QuoteIndex {
  readonly #dictionary = new Dictionary();
  readonly #postings = new PostingLists();
  readonly #numbers = new Map<string, number>();
  #ids: string[] = [];
  #alive = new Uint8Array(1024);
  readonly #matcher = new Matcher(this.#postings, () => this.#alive);

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
    this.#markAlive(document);
    const textWords = wordsOf(text);
    const authorWords = wordsOf(author);
    const frequencies = new Map<string, number>();
    for (const word of textWords) frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
    for (const word of authorWords) frequencies.set(word, (frequencies.get(word) ?? 0) + AUTHOR_WEIGHT);
    const length = textWords.length + authorWords.length;
    for (const [word, frequency] of frequencies) {
      this.#postings.push(this.#listOf(word), ((document << DOCUMENT_SHIFT) | impactOf(frequency, length)) >>> 0);
    }
  }

  remove(id: string): void {
    const document = this.#numbers.get(id);
    if (document === undefined) return;
    this.#numbers.delete(id);
    this.#alive[document] = 0;
  }

  /** Quotes in which every word of the keyword occurs, or a word that begins with it. */
  search(keyword: string, limit: number): Found {
    const words = [...new Set(wordsOf(keyword))].slice(0, MAX_QUERY_WORDS).map((word) => this.#matchesOf(word));
    if (words.length === 0 || words.some(({ size }) => size === 0)) return { ids: [], total: 0 };
    let matches = this.#matcher.match(words, { limit, visits: MAX_VISITS });
    if (matches.total < limit && words.every(({ size }) => size > MAX_VISITS)) {
      // The words are frequent but rarely meet: an answer that misses some would be wrong, so this one takes longer.
      matches = this.#matcher.match(words, { limit, visits: Number.POSITIVE_INFINITY });
    }
    return { ids: matches.best.map((document) => this.#ids[document] ?? ''), total: matches.total };
  }

  /** Sorts the words that were added: to be called after a build, so that no search pays for it. */
  settle(): void {
    this.#dictionary.settle();
  }

  #matchesOf(word: string): WordMatch {
    const exact = this.#dictionary.find(word);
    const longer = word.length < MIN_PREFIX ? [] : this.#dictionary.startingWith(word).filter((list) => list !== exact);
    const prefixed = this.#mostFrequent(longer);
    const lists = exact === undefined ? prefixed : [exact, ...prefixed];
    const size = lists.reduce((sum, list) => sum + this.#postings.length(list), 0);
    const weight = rarity(this.#ids.length, size);
    return { size, lists: lists.map((list) => ({ list, weight: list === exact ? weight : weight * PREFIX_WEIGHT })) };
  }

  #mostFrequent(lists: number[]): number[] {
    if (lists.length <= MAX_EXPANSIONS) return lists;
    return lists.sort((a, b) => this.#postings.length(b) - this.#postings.length(a)).slice(0, MAX_EXPANSIONS);
  }

  /** Lists are numbered like the words of the dictionary. */
  #listOf(word: string): number {
    const known = this.#dictionary.find(word);
    if (known !== undefined) return known;
    this.#postings.add();
    return this.#dictionary.add(word);
  }

  #markAlive(document: number): void {
    if (document === this.#alive.length) {
      const larger = new Uint8Array(2 * document);
      larger.set(this.#alive);
      this.#alive = larger;
    }
    this.#alive[document] = 1;
  }
}
