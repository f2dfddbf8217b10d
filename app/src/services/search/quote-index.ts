import { setImmediate as endOfTurn } from 'node:timers/promises';
import { queryWords, wordsOf } from '../../text/words.ts';
import { corrected } from './corrections.ts';
import { Dictionary } from './dictionary.ts';
import { DocumentIds } from './document-ids.ts';
import { DocumentSet } from './document-set.ts';
import { DocumentWords } from './document-words.ts';
import { FrequentWords } from './frequent-words.ts';
import { AUTHOR_WEIGHT, entryOf, impactOf, NUMBER_SHIFT, rarity } from './impact.ts';
import { NONE } from './key-table.ts';
import { type Listed, ListedQuotes, type Listing, type Shared } from './listed-quotes.ts';
import { Matcher, type Matches } from './matcher.ts';
import { PostingLists } from './posting-lists.ts';
import { type Indexed, locate, parse, type StoredFields } from './stored-fields.ts';
import { Tally } from './tally.ts';
import { MAX_QUERY_WORDS, TooManyWords } from './word-marks.ts';
import type { WordMatch } from './word-match.ts';
import { WordScanner } from './word-scanner.ts';

/** Ids of what was found, best first, and how many quotes match in all. */
export interface Found extends Pick<Matches, 'total' | 'exact'> {
  readonly ids: readonly string[];
  /** The words that were searched, where slips were forgiven. @default - those of the keyword */
  readonly corrected?: string;
}

/** Documents that 24 bits can number, the removed ones included. */
const MAX_DOCUMENTS = 2 ** (32 - NUMBER_SHIFT);
/** A single letter begins too many words to mean one of them; a single ideograph is a word. */
const IS_PREFIX = /..|\p{sc=Han}|\p{sc=Hira}|\p{sc=Kana}/u;
/** Words of the index that a word of a query may begin before some stand for all. */
const MAX_EXPANSIONS = 2 ** 11;
/** Searches whose answers are kept until something changes: a kilobyte each. */
const MAX_KEPT = 2 ** 10;
/** Searches that are remembered, because only what is asked again is kept: what nobody asks for twice would be the collector's to take back. */
const MAX_ASKED = 2 ** 12;

/**
 * Full-text index of quotes in this process: posting lists of numbers, a twentieth of the memory of an index of objects.
 * Changes are appended; what was removed stays behind as a number until the next build (see `wornOut`).
 */
export class QuoteIndex {
  readonly #ids = new DocumentIds();
  readonly #dictionary = new Dictionary();
  readonly #postings = new PostingLists();
  readonly #frequent = new FrequentWords();
  readonly #documents = new DocumentWords();
  readonly #removed = new DocumentSet();
  readonly #matcher = new Matcher({
    postings: this.#postings,
    frequent: this.#frequent,
    documents: this.#documents,
    counts: () => ({ documents: this.#ids.documents, words: this.#dictionary.size }),
    removed: this.#removed,
    startsWith: (word, prefix) => this.#dictionary.startsWith(word, prefix),
  });
  readonly #listed = new ListedQuotes(this.#ids, this.#removed);
  readonly #scanner = new WordScanner();
  readonly #tally = new Tally();
  /** What was found since the latest change: people search for the same words. */
  readonly #kept = new Map<string, Found>();
  readonly #asked = new Set<string>();
  readonly #fields: StoredFields = {
    ...{ idStart: 0, idEnd: 0, textStart: 0, textEnd: 0 },
    ...{ authorStart: 0, authorEnd: 0, languageStart: 0, languageEnd: 0 },
  };

  /** Quotes that can be found. */
  get size(): number {
    return this.#ids.size;
  }

  /** Whether so much was removed or replaced that building anew pays. */
  get wornOut(): boolean {
    return this.#ids.documents > 2 * this.size + 10_000 || this.#ids.documents > MAX_DOCUMENTS - 10_000;
  }

  /** Adds a quote, or replaces the one of the same id. */
  put({ id, text, author, language = '' }: Indexed): void {
    this.#countWords(text, 1);
    this.#countWords(author, AUTHOR_WEIGHT);
    const [key, name, tag] = [Buffer.from(id), Buffer.from(author), Buffer.from(language)];
    const document = this.#add(key, 0, key.length);
    this.#listed.put(document, [key, 0, key.length], {
      author: [name, 0, name.length],
      language: [tag, 0, tag.length],
    });
  }

  /** The same for a quote as it is stored; false for what is none. */
  putStored(json: Buffer): boolean {
    const fields = this.#fields;
    const isRead =
      locate(json, fields) &&
      this.#scan(json, fields.textStart, fields.textEnd, 1) &&
      this.#scan(json, fields.authorStart, fields.authorEnd, AUTHOR_WEIGHT);
    if (isRead) {
      const document = this.#add(json, fields.idStart, fields.idEnd);
      this.#listed.put(document, [json, fields.idStart, fields.idEnd], {
        author: [json, fields.authorStart, fields.authorEnd],
        language: [json, fields.languageStart, fields.languageEnd],
      });
      return true;
    }
    this.#tally.clear();
    const quote = parse(json);
    if (quote !== undefined) this.put(quote);
    return quote !== undefined;
  }

  remove(id: string): void {
    const document = this.#ids.remove(Buffer.from(id));
    if (document !== NONE) this.#discard(document);
  }

  /**
   * Quotes in which every word of the keyword occurs, or a word that begins with it.
   * @param fuzzy whether a word that no quote has may stand for one that is a slip away
   * @throws TooManyWords
   */
  search(keyword: string, limit: number, { fuzzy = false }: { readonly fuzzy?: boolean } = {}): Found {
    const question = `${limit} ${fuzzy} ${keyword}`;
    const kept = this.#kept.get(question);
    if (kept !== undefined) return kept;
    const found = this.#search(keyword, limit, fuzzy);
    // A text of its own: the keyword is a piece of its request's address, which would be kept whole.
    const own = Buffer.from(question).toString();
    if (this.#asked.has(question)) {
      if (this.#kept.size === MAX_KEPT) this.#kept.clear();
      this.#kept.set(own, found);
    } else {
      if (this.#asked.size === MAX_ASKED) this.#asked.clear();
      this.#asked.add(own);
    }
    return found;
  }

  #search(keyword: string, limit: number, fuzzy: boolean): Found {
    const typed = queryWords(keyword);
    // Before any is looked for; putting words right adds none.
    if (typed.length > MAX_QUERY_WORDS) throw new TooManyWords(typed.length);
    const asked = fuzzy ? corrected(typed, (word) => this.#matchesOf(word).size > 0, this.#documentsOf) : typed;
    const words = asked.map((word) => this.#matchesOf(word));
    if (words.length === 0 || words.some(({ size }) => size === 0)) return { ids: [], total: 0, exact: true };
    const { best, total, exact } = this.#matcher.match(words, limit);
    const ids = best.map((document) => this.#ids.idOf(document));
    return { ids, total, exact, ...(asked !== typed && { corrected: asked.join(' ') }) };
  }

  /** A page of the quotes of an author, of a language, or of both. */
  list(listing: Listing): Listed {
    return this.#listed.page(listing);
  }

  /** Authors and languages, the most frequent first. */
  shared(limit: number): { readonly authors: Shared[]; readonly languages: Shared[] } {
    return { authors: this.#listed.authors(limit), languages: this.#listed.languages(limit) };
  }

  /** Makes the names of authors comparable, some at each step: to be taken before the first listing by author. */
  foldAuthors(): Generator<void> {
    return this.#listed.foldAuthors();
  }

  /** Prepares what only pays once for many: to be called after a build, so that no search pays for it. */
  async settle(): Promise<void> {
    this.#dictionary.settle();
    for (const _ of this.#frequent.choose(this.#postings, this.#ids.documents)) await endOfTurn();
    this.#kept.clear();
  }

  /** How many documents have exactly this word. */
  readonly #documentsOf = (word: string): number => {
    const number = this.#dictionary.find(Buffer.from(word));
    return number === NONE ? 0 : this.#postings.length(number);
  };

  #matchesOf(word: string): WordMatch {
    const bytes = Buffer.from(word);
    const exact = this.#dictionary.find(bytes);
    const numbers = IS_PREFIX.test(word) ? this.#dictionary.startingWith(bytes, MAX_EXPANSIONS) : [];
    const isBroad = numbers.length > MAX_EXPANSIONS;
    if (exact !== NONE && (numbers.length === 0 || (isBroad && !numbers.includes(exact)))) numbers.push(exact);
    const { documents } = this.#ids;
    let [size, filling, without] = [0, 0, 1];
    for (const number of numbers) {
      const length = this.#postings.length(number);
      size += length;
      without *= 1 - length / (documents + 1);
      if (this.#frequent.impactsOf(number) === undefined) filling += length;
    }
    // What is not listed is taken to be like what is.
    const scale = isBroad ? this.#dictionary.count(bytes, numbers.length) / numbers.length : 1;
    const holding =
      numbers.length === 1 ? size : Math.min(size * scale, Math.round((1 - without ** scale) * documents));
    const weight = rarity(documents, size);
    return { exact, numbers, size, filling, documents: holding, weight, broad: isBroad ? bytes : undefined };
  }

  #countWords(text: string, weight: number): void {
    for (const word of wordsOf(text)) {
      const bytes = Buffer.from(word);
      this.#tally.add(this.#dictionary.put(bytes, bytes.length), weight);
    }
  }

  /** Counts the words between two places; false where a character needs more than the scanner knows. */
  #scan(json: Buffer, start: number, end: number, weight: number): boolean {
    const scanner = this.#scanner;
    scanner.open(json, start, end);
    while (scanner.next()) this.#tally.add(this.#dictionary.put(scanner.word, scanner.length), weight);
    return !scanner.isLost;
  }

  /** Adds a document of the words that were counted. */
  #add(key: Buffer, start: number, end: number): number {
    const tally = this.#tally;
    if (this.#ids.documents >= MAX_DOCUMENTS)
      throw new RangeError(`the index holds at most ${MAX_DOCUMENTS} quotes; shard it before`);
    const { document, replaced } = this.#ids.put(key, start, end);
    if (replaced !== NONE) this.#discard(replaced);
    this.#forget();
    this.#documents.begin(document, tally.words.length);
    for (const word of tally.words) {
      const impact = impactOf(tally.frequency(word), tally.length);
      while (this.#postings.count <= word) this.#postings.add();
      this.#postings.push(word, entryOf(document, impact));
      this.#frequent.push(word, entryOf(document, impact));
      this.#documents.push(entryOf(word, impact));
    }
    this.#documents.end();
    tally.clear();
    return document;
  }

  /** What was found until now; a build does not pay for each quote. */
  #forget(): void {
    if (this.#kept.size > 0) this.#kept.clear();
  }

  #discard(document: number): void {
    this.#forget();
    this.#removed.add(document);
    this.#listed.remove(document);
  }
}
