import { IMPACT_MASK, NUMBER_SHIFT } from './impact.ts';
import { type ListView, PostingLists } from './posting-lists.ts';
import { resized } from './resized.ts';

/** Postings of a frequent word that are kept apart as its champions. */
export const MAX_CHAMPIONS = 2 ** 10;
/** Where one document in so many has a word, a byte for each document takes little more than the word's postings. */
const DENSE_SHARE = 1 / 16;

interface Champions {
  readonly list: number;
  /** A later posting of a higher impact than this belongs among them. */
  readonly threshold: number;
}

/**
 * What is kept of frequent words beside their postings: the postings that matter most, for who wants the best of many,
 * and the impact by document, for who only asks whether a document has the word.
 */
export class FrequentWords {
  readonly #lists = new PostingLists();
  readonly #champions = new Map<number, Champions>();
  readonly #impacts = new Map<number, Uint8Array>();

  /** The postings of the highest impact of a frequent word; undefined for any other word. */
  championsOf(word: number): ListView | undefined {
    const champions = this.#champions.get(word);
    return champions && this.#lists.view(champions.list);
  }

  /** The impact of a very frequent word in each document, as far as the table reaches; undefined for any other word. */
  impactsOf(word: number): Uint8Array | undefined {
    return this.#impacts.get(word);
  }

  /**
   * Looks at every word, a frequent one at each step: to be taken once, after a build. Postings may be added meanwhile.
   * @param documents how many there are
   */
  *choose(postings: PostingLists, documents: number): Generator<void> {
    for (let word = 0; word < postings.count; word++) {
      const view = postings.view(word);
      if (view.length <= MAX_CHAMPIONS || this.#champions.has(word)) continue;
      this.#pick(word, view);
      if (view.length > documents * DENSE_SHARE) this.#impacts.set(word, impactsByDocument(view));
      yield;
    }
  }

  /** Notes a posting that was added after the choice. */
  push(word: number, posting: number): void {
    if (this.#champions.size === 0) return;
    const champions = this.#champions.get(word);
    const impact = posting & IMPACT_MASK;
    if (champions !== undefined && impact > champions.threshold) this.#lists.push(champions.list, posting);
    const impacts = this.#impacts.get(word);
    if (impacts === undefined) return;
    const document = posting >>> NUMBER_SHIFT;
    const table =
      document < impacts.length ? impacts : resized(impacts, new Uint8Array(Math.ceil(1.25 * (document + 1))));
    table[document] = impact;
    this.#impacts.set(word, table);
  }

  /** The highest impact first; documents in their order within it. */
  #pick(word: number, { page, start, length }: ListView): void {
    const places = placesByImpact({ page, start, length });
    const best = new Uint32Array(MAX_CHAMPIONS);
    let threshold = IMPACT_MASK;
    for (let at = start; at < start + length; at++) {
      const posting = page[at] ?? 0;
      const impact = posting & IMPACT_MASK;
      const place = places[impact] ?? 0;
      if (place >= MAX_CHAMPIONS) continue;
      best[place] = posting;
      places[impact] = place + 1;
      if (impact < threshold) threshold = impact;
    }
    const list = this.#lists.add();
    for (const posting of best) this.#lists.push(list, posting);
    this.#champions.set(word, { list, threshold });
  }
}

/** For each impact, how many postings have a higher one: where its own begin in the order. */
function placesByImpact({ page, start, length }: ListView): Uint32Array {
  const counts = new Uint32Array(IMPACT_MASK + 1);
  for (let at = start; at < start + length; at++) {
    const impact = (page[at] ?? 0) & IMPACT_MASK;
    counts[impact] = (counts[impact] ?? 0) + 1;
  }
  let higher = 0;
  for (let impact = IMPACT_MASK; impact >= 0; impact--) {
    const count = counts[impact] ?? 0;
    counts[impact] = higher;
    higher += count;
  }
  return counts;
}

/** Postings are in the order of their documents: the last one tells how long the table is. */
function impactsByDocument({ page, start, length }: ListView): Uint8Array {
  const impacts = new Uint8Array(((page[start + length - 1] ?? 0) >>> NUMBER_SHIFT) + 1);
  for (let at = start; at < start + length; at++) {
    const posting = page[at] ?? 0;
    impacts[posting >>> NUMBER_SHIFT] = posting & IMPACT_MASK;
  }
  return impacts;
}
