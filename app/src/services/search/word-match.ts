import type { FrequentWords } from './frequent-words.ts';
import type { ListView, PostingLists } from './posting-lists.ts';

/** A word of the query: a document matches it by any of these words of the index, and counts the best. */
export interface WordMatch {
  /** The word itself, or NONE where the index does not have it. */
  readonly exact: number;
  /** Words that begin with it, itself included: all of them, or some where `broad` is set. */
  readonly numbers: readonly number[];
  /** Postings of all of them together. */
  readonly size: number;
  /** Postings of those of them that have no table of impacts: what an ImpactTable must be filled with. */
  readonly filling: number;
  /** The word where it begins more words of the index than are listed. */
  readonly broad?: Uint8Array | undefined;
  /** Documents that have it; an estimate where several words may meet in one. */
  readonly documents: number;
  /** How much this word says: see rarity(). */
  readonly weight: number;
}

export interface WordLists {
  readonly postings: PostingLists;
  readonly frequent: FrequentWords;
}

/** Postings of one word of the index. */
export interface Candidates extends ListView {
  /** How far an impact is shifted: a word that only begins like the query's counts half. */
  readonly shift: number;
}

/** What an impact counts: never nothing. */
export function shifted(impact: number, shift: number): number {
  return (impact + shift) >>> shift;
}

export function shiftOf(match: WordMatch, number: number): number {
  return number === match.exact ? 0 : 1;
}

/** Is given one list after the other, each in the same object: a query may have thousands, and a generator makes two objects for each. */
export type UseOfList = (list: Candidates) => void;

/** All postings of a word of the query. */
export function eachOf(match: WordMatch, { postings }: WordLists, use: UseOfList): void {
  const list = new CurrentList();
  for (const number of match.numbers) {
    const view = postings.view(number);
    use(list.set(view, view.length, shiftOf(match, number)));
  }
}

/** About `visits` of them: of the word itself its champions, of each of the words that begin with it its share. */
export function bestOf(match: WordMatch, visits: number, { postings, frequent }: WordLists, use: UseOfList): void {
  const share = Math.min(1, visits / match.size);
  const list = new CurrentList();
  let due = 0;
  for (const number of match.numbers) {
    const shift = shiftOf(match, number);
    const view = frequent.championsOf(number) ?? postings.view(number);
    due += shift === 0 ? visits : postings.length(number) * share;
    // Without champions only a look at all postings tells which are the best of the word itself.
    const isChosen = shift === 1 || frequent.championsOf(number) !== undefined;
    const length = isChosen ? Math.min(Math.floor(due), view.length) : view.length;
    due -= Math.floor(due);
    if (length > 0) use(list.set(view, length, shift));
  }
}

class CurrentList implements Candidates {
  page: Uint32Array = new Uint32Array(0);
  start = 0;
  length = 0;
  shift = 0;

  set({ page, start }: ListView, length: number, shift: number): this {
    this.page = page;
    this.start = start;
    this.length = length;
    this.shift = shift;
    return this;
  }
}
