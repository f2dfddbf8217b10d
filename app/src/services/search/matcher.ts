import { CandidateSet } from './candidate-set.ts';
import { DocumentSet } from './document-set.ts';
import type { DocumentWords } from './document-words.ts';
import { IMPACT_MASK, NUMBER_SHIFT } from './impact.ts';
import { ImpactTable } from './impact-table.ts';
import { NONE } from './key-table.ts';
import { TopList } from './top-list.ts';
import { type MarkedWords, WordMarks } from './word-marks.ts';
import {
  bestOf,
  type Candidates,
  eachOf,
  shifted,
  type UseOfList,
  type WordLists,
  type WordMatch,
} from './word-match.ts';

/** Postings of a single word up to which all are looked at. */
const ONE_WORD_VISITS = 2 ** 12;
/** Postings of a single word up to which its documents are counted: half a millisecond. */
const MAX_COUNTED = 2 ** 17;
/** Postings of several words up to which all are read: a tenth of a millisecond. */
const MAX_EFFORT = 2 ** 14;
/** Documents that are looked into where a word begins too many others: a few milliseconds. */
const MAX_BROAD_LOOKS = 2 ** 13;
/** Else so many documents of the rarest word are looked into, each of them in another place in memory. */
const MAX_LOOKS = 2 ** 9;

export interface Matches {
  /** Documents, best first. */
  readonly best: readonly number[];
  /** Documents that match. */
  readonly total: number;
  /** Whether that is their number, or an estimate because not all were looked at. */
  readonly exact: boolean;
}

export interface MatcherProps extends WordLists {
  readonly documents: DocumentWords;
  readonly startsWith: MarkedWords['startsWith'];
  /** How many documents were ever added, and different words. */
  readonly counts: () => { readonly documents: number; readonly words: number };
  /** Documents that do not count any more. */
  readonly removed: DocumentSet;
}

/** The words of a query, the rarest first. */
type Query = readonly [rarest: WordMatch, ...others: WordMatch[]];

/** Evaluates queries. It keeps its tables between them, for it never runs twice at a time. */
export class Matcher {
  readonly #props: MatcherProps;
  readonly #candidates = new CandidateSet();
  readonly #table: ImpactTable;
  readonly #marks: WordMarks;
  readonly #seen = new DocumentSet();

  constructor(props: MatcherProps) {
    this.#props = props;
    this.#table = new ImpactTable(props);
    this.#marks = new WordMarks(props);
  }

  /** Documents that match every word; at most MAX_QUERY_WORDS, each of them known to the index. */
  match(words: readonly WordMatch[], limit: number): Matches {
    const [rarest, ...others] = [...words].sort(byRarity);
    if (rarest === undefined) return { best: [], total: 0, exact: true };
    this.#seen.copy(this.#props.removed);
    if (others.length === 0) return this.#matchOne(rarest, limit);
    const query: Query = [rarest, ...others];
    if (query.some(({ broad }) => broad !== undefined)) return this.#lookInto(query, limit, MAX_BROAD_LOOKS);
    const effort = others.reduce((sum, { filling }) => sum + filling + rarest.size, rarest.filling);
    if (effort > MAX_EFFORT) {
      const quick = this.#lookInto(query, limit, MAX_LOOKS);
      // Frequent words that rarely meet: an answer that misses some would be wrong, so that one takes longer.
      if (quick.exact || quick.best.length === limit) return quick;
    }
    return this.#readAll(query, limit);
  }

  /** A single word: what a posting says is all there is to know. */
  #matchOne(word: WordMatch, limit: number): Matches {
    if (word.size > ONE_WORD_VISITS) {
      const { best } = this.#bestOf((use) => bestOf(word, ONE_WORD_VISITS, this.#props, use), limit);
      // Fewer than asked for: too many of those that mattered most were removed since they were chosen.
      if (best.length === limit) return { best, ...this.#countOf(word) };
    }
    return this.#bestOf((use) => eachOf(word, this.#props, use), limit);
  }

  #bestOf(each: (use: UseOfList) => void, limit: number): Matches {
    const top = new TopList(limit);
    this.#seen.copy(this.#props.removed);
    let total = 0;
    each((candidates) => {
      total += this.#offerAll(candidates, top);
    });
    return { best: top.items, total, exact: true };
  }

  /** Returns how many documents were new. */
  #offerAll({ page, start, length, shift }: Candidates, top: TopList): number {
    const seen = this.#seen;
    const { removed } = this.#props;
    let { least } = top;
    let fresh = 0;
    for (let at = start; at < start + length; at++) {
      const posting = page[at] ?? 0;
      const document = posting >>> NUMBER_SHIFT;
      if (seen.add(document)) fresh++;
      const impact = shifted(posting & IMPACT_MASK, shift);
      if (impact > least && !removed.has(document)) least = top.offer(document, impact);
    }
    return fresh;
  }

  /** Documents of a single word: counted where that is quick. */
  #countOf(word: WordMatch): Pick<Matches, 'total' | 'exact'> {
    const { removed, counts } = this.#props;
    if (word.numbers.length === 1 && removed.count === 0) return { total: word.size, exact: true };
    if (word.broad !== undefined || word.size > MAX_COUNTED) {
      return { total: Math.min(word.documents, counts().documents - removed.count), exact: false };
    }
    this.#seen.copy(removed);
    let total = 0;
    eachOf(word, this.#props, (postings) => {
      total += this.#seen.addAll(postings);
    });
    return { total, exact: true };
  }

  /** Several words, by the words of the documents that the rarest matters most to. */
  #lookInto(query: Query, limit: number, looksAtMost: number): Matches {
    const [rarest] = query;
    const isAll = rarest.size <= looksAtMost && rarest.broad === undefined;
    const candidates = this.#candidates;
    candidates.begin(rarest.size);
    const add: UseOfList = (list) => candidates.add(list, 0, this.#seen);
    if (isAll) eachOf(rarest, this.#props, add);
    else bestOf(rarest, looksAtMost, this.#props, add);
    const looks = Math.max(1, candidates.count);
    this.#marks.set(query, this.#props.counts().words);
    candidates.keepBy((document) => this.#marks.scoreOf(document));
    this.#marks.clear();
    const best = candidates.best(limit);
    if (isAll) return { best, total: candidates.count, exact: true };
    return { best, total: Math.round((rarest.documents * candidates.count) / looks), exact: false };
  }

  /** Several words, by all of their postings, a word after the other. */
  #readAll(query: Query, limit: number): Matches {
    const [rarest, ...others] = query;
    const { documents } = this.#props.counts();
    const candidates = this.#candidates;
    candidates.begin(rarest.size);
    this.#seen.copy(this.#props.removed);
    // Where a document may have several words that begin like the rarest, the table tells which of them counts.
    const isExact = rarest.numbers.length === 1 && rarest.exact !== NONE;
    eachOf(rarest, this.#props, (list) => candidates.add(list, isExact ? rarest.weight : 0, this.#seen));
    for (const word of isExact ? others : query) {
      this.#table.fill(word, documents);
      candidates.keep(this.#table, word.weight);
    }
    return { best: candidates.best(limit), total: candidates.count, exact: true };
  }
}

/** A word whose words are not all listed comes last: its documents can be recognized, but not be gone through. */
function byRarity(a: WordMatch, b: WordMatch): number {
  return Number(a.broad !== undefined) - Number(b.broad !== undefined) || a.size - b.size;
}
