import { type Champions, MAX_CHAMPIONS } from './champions.ts';
import type { DocumentWords } from './document-words.ts';
import { IMPACT_MASK, NUMBER_SHIFT } from './entry.ts';
import type { ListView, PostingLists } from './posting-lists.ts';
import { TopList } from './top-list.ts';

/** A word that only begins like the query's weighs this much of one that is equal. */
const PREFIX_WEIGHT = 0.5;

/** A word of the query: a document matches it by any of these words of the index, and counts the best. */
export interface WordMatch {
  /** The word itself, where the index has it. */
  readonly exact: number | undefined;
  /** Words that begin with it, itself included. */
  readonly numbers: readonly number[];
  /** Postings of all of them together. */
  readonly size: number;
  /** How much this word says: see rarity(). */
  readonly weight: number;
}

export interface Matches {
  /** Documents, best first. */
  readonly best: readonly number[];
  /** Documents that match; an estimate where not all candidates were looked at. */
  readonly total: number;
}

export interface MatchOptions {
  readonly limit: number;
  /** Candidates that are looked at: what keeps a frequent word from holding the event loop. */
  readonly visits: number;
}

interface Tally {
  visited: number;
  matched: number;
}

/** The most that a candidate can reach: its own impact times `weight`, and `others` for all other words. */
interface Bound {
  readonly weight: number;
  readonly others: number;
}

export interface MatcherProps {
  readonly postings: PostingLists;
  readonly champions: Champions;
  readonly documents: DocumentWords;
  /** Words that the index knows. */
  readonly words: () => number;
}

/**
 * Evaluates queries: the rarest word gives the candidates, and each candidate's own words tell whether and how well it matches.
 * It keeps its tables between queries, for it never runs twice at a time.
 */
export class Matcher {
  readonly #props: MatcherProps;
  /** Per word of the index: a bit for each word of the query that it stands for. All zero between queries. */
  #marks = new Uint8Array(0);
  /** Per document: the turn of the query that has looked at it last. */
  #seen = new Uint8Array(0);
  #turn = 0;
  /** Per word of the query: the best score in the document that is being looked at. */
  readonly #best = new Float64Array(8);

  constructor(props: MatcherProps) {
    this.#props = props;
  }

  /** Documents that match every word; at most eight words. */
  match(words: readonly WordMatch[], options: MatchOptions): Matches {
    const [rarest] = [...words].sort((a, b) => a.size - b.size);
    if (rarest === undefined) return { best: [], total: 0 };
    this.#beginTurn();
    this.#mark(words);
    const result = this.#visit(rarest, words, options);
    this.#unmark(words);
    return result;
  }

  /** The word itself is looked at as far as its champions go; the words that begin with it share `visits` by their lengths. */
  #visit(rarest: WordMatch, words: readonly WordMatch[], { limit, visits }: MatchOptions): Matches {
    const { exact, numbers, size } = rarest;
    const top = new TopList(limit);
    const share = Math.min(1, visits / Math.max(1, size));
    const others = words.reduce((sum, word) => (word === rarest ? sum : sum + word.weight), 0) * IMPACT_MASK;
    const tally = { visited: 0, matched: 0 };
    for (const number of numbers) {
      const weight = number === exact ? rarest.weight : rarest.weight * PREFIX_WEIGHT;
      const view = this.#candidates(number, share, number === exact);
      // Who counts all must look at each; who estimates may pass by what cannot be among the best.
      this.#score(view, words, top, tally, share < 1 ? { weight, others } : undefined);
    }
    const { visited, matched } = tally;
    const total = share < 1 ? Math.round((matched * size) / Math.max(1, visited)) : matched;
    return { best: top.items, total };
  }

  #candidates(number: number, share: number, isExact: boolean): ListView {
    const { postings, champions } = this.#props;
    const length = Math.ceil(postings.length(number) * share);
    const champion = share < 1 && length <= MAX_CHAMPIONS ? champions.of(number) : undefined;
    const view = champion === undefined ? postings.view(number) : champions.lists.view(champion);
    return isExact ? view : { ...view, length: Math.min(view.length, length) };
  }

  /** Offers those of the candidates that match, and counts them. */
  #score(view: ListView, words: readonly WordMatch[], top: TopList, tally: Tally, bound?: Bound): void {
    const { page, start, length } = view;
    const seen = this.#seen;
    const turn = this.#turn;
    for (let at = start; at < start + length; at++) {
      const posting = page[at] ?? 0;
      if (bound !== undefined && (posting & IMPACT_MASK) * bound.weight + bound.others <= top.least) continue;
      tally.visited++;
      const document = posting >>> NUMBER_SHIFT;
      if (seen[document] === turn) continue;
      seen[document] = turn;
      const score = this.#scoreOf(document, words);
      if (score === 0) continue;
      tally.matched++;
      top.offer(document, score);
    }
  }

  /** The sum over the query's words of the best that the document has for each; 0 where it lacks one. */
  #scoreOf(document: number, words: readonly WordMatch[]): number {
    const { documents } = this.#props;
    const marks = this.#marks;
    const best = this.#best;
    for (let word = 0; word < words.length; word++) best[word] = 0;
    const page = documents.page(document);
    for (let at = documents.offset(document); page[at] !== 0; at++) {
      const entry = page[at] ?? 0;
      const mark = marks[entry >>> NUMBER_SHIFT] ?? 0;
      if (mark !== 0) keepBest(best, words, mark, entry);
    }
    let sum = 0;
    for (let word = 0; word < words.length; word++) {
      const score = best[word] ?? 0;
      if (score === 0) return 0;
      sum += score;
    }
    return sum;
  }

  #mark(words: readonly WordMatch[]): void {
    if (this.#marks.length < this.#props.words()) this.#marks = new Uint8Array(2 * this.#props.words());
    const marks = this.#marks;
    words.forEach(({ numbers }, word) => {
      for (const number of numbers) marks[number] = (marks[number] ?? 0) | (1 << word);
    });
  }

  #unmark(words: readonly WordMatch[]): void {
    for (const { numbers } of words) for (const number of numbers) this.#marks[number] = 0;
  }

  #beginTurn(): void {
    const { capacity } = this.#props.documents;
    if (this.#seen.length !== capacity) this.#seen = new Uint8Array(capacity);
    this.#turn = (this.#turn % 255) + 1;
    if (this.#turn === 1) this.#seen.fill(0);
  }
}

/** Counts an entry for each word of the query that it stands for. */
function keepBest(best: Float64Array, words: readonly WordMatch[], mark: number, entry: number): void {
  for (let word = 0; mark >>> word !== 0; word++) {
    const query = words[word];
    if (((mark >>> word) & 1) === 0 || query === undefined) continue;
    const weight = entry >>> NUMBER_SHIFT === query.exact ? query.weight : query.weight * PREFIX_WEIGHT;
    best[word] = Math.max(best[word] ?? 0, (entry & IMPACT_MASK) * weight);
  }
}
