import type { ListView, PostingLists } from './posting-lists.ts';
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

/** Per document: what the query that is being evaluated knows of it. All zero between queries. */
class ScoreTable {
  /** Words of the query that have matched, in their order. */
  readonly matched: Uint8Array;
  /** Sum of the scores of these words. */
  readonly scores: Float32Array;
  /** The part of the latest word in it: replaced when another list of the same word scores higher. */
  readonly part: Float32Array;
  /** The documents of the first word, of which only `count` are of this query. */
  readonly touched: Uint32Array;
  count = 0;

  constructor(capacity: number) {
    this.matched = new Uint8Array(capacity);
    this.scores = new Float32Array(capacity);
    this.part = new Float32Array(capacity);
    this.touched = new Uint32Array(capacity);
  }
}

/** Evaluates queries over posting lists; keeps its table between queries, for it never runs twice at a time. */
export class Matcher {
  readonly #postings: PostingLists;
  readonly #alive: () => Uint8Array;
  #table = new ScoreTable(0);

  constructor(postings: PostingLists, alive: () => Uint8Array) {
    this.#postings = postings;
    this.#alive = alive;
  }

  /** Documents that match every word. */
  match(words: readonly WordMatch[], { limit, visits }: MatchOptions): Matches {
    const alive = this.#alive();
    if (this.#table.matched.length !== alive.length) this.#table = new ScoreTable(alive.length);
    const table = this.#table;
    const [first, ...others] = [...words].sort((a, b) => a.size - b.size);
    let left = visits;
    for (const { list, weight } of first?.lists ?? []) {
      const view = this.#postings.view(list);
      addFirst(table, { ...view, length: Math.min(view.length, left) }, weight, alive);
      left -= Math.min(view.length, left);
    }
    others.forEach((word, index) => {
      for (const { list, weight } of word.lists) refine(table, this.#postings.view(list), weight, index + 1);
    });
    return collect(table, words.length, limit);
  }
}

/** Adds a list of the rarest word: only its documents can match all words. */
function addFirst(table: ScoreTable, { page, start, length }: ListView, weight: number, alive: Uint8Array): void {
  const { matched, scores, touched, part } = table;
  let count = table.count;
  for (let at = start; at < start + length; at++) {
    const posting = page[at] ?? 0;
    const document = posting >>> DOCUMENT_SHIFT;
    if (alive[document] === 0) continue;
    const score = (posting & IMPACT_MASK) * weight;
    if (matched[document] === 0) {
      matched[document] = 1;
      touched[count++] = document;
    } else if (score <= (part[document] ?? 0)) continue;
    scores[document] = score;
    part[document] = score;
  }
  table.count = count;
}

/** Adds a list of a further word: read in a row, or asked for each document that is left, whichever is less work. */
function refine(table: ScoreTable, { page, start, length }: ListView, weight: number, word: number): void {
  if (length <= table.count * LOOKUP_COST) {
    for (let at = start; at < start + length; at++) addNext(table, page[at] ?? 0, weight, word);
    return;
  }
  for (let at = 0; at < table.count; at++) {
    const posting = find(page, start, start + length, table.touched[at] ?? 0);
    if (posting !== undefined) addNext(table, posting, weight, word);
  }
}

/** Counts a posting for a document that has matched all words before this one; of several lists the best one counts. */
function addNext({ matched, scores, part }: ScoreTable, posting: number, weight: number, word: number): void {
  const document = posting >>> DOCUMENT_SHIFT;
  const known = matched[document] ?? 0;
  if (known < word) return;
  const score = (posting & IMPACT_MASK) * weight;
  const before = known === word ? 0 : (part[document] ?? 0);
  if (known > word && score <= before) return;
  matched[document] = word + 1;
  scores[document] = (scores[document] ?? 0) + score - before;
  part[document] = score;
}

/** Picks the best, and leaves the table as it was found. */
function collect(table: ScoreTable, words: number, limit: number): Matches {
  const { matched, scores, touched, count } = table;
  const top = new TopList(limit);
  let total = 0;
  for (let at = 0; at < count; at++) {
    const document = touched[at] ?? 0;
    if (matched[document] === words) {
      total++;
      top.offer(document, scores[document] ?? 0);
    }
    matched[document] = 0;
  }
  table.count = 0;
  return { best: top.items, total };
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
