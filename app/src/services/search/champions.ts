import { IMPACT_MASK, NUMBER_SHIFT } from './entry.ts';
import { PostingLists } from './posting-lists.ts';

/** Postings of a frequent word that are kept apart: few enough to look at each in a millisecond. */
export const MAX_CHAMPIONS = 2 ** 12;

interface Champion {
  readonly list: number;
  /** A later posting of a higher impact than this belongs among them. */
  readonly threshold: number;
}

/** For each frequent word the postings that matter most: where the best are wanted, the rest need not be looked at. */
export class Champions {
  readonly lists = new PostingLists();
  readonly #byList = new Map<number, Champion>();

  /** The list here that stands for a frequent list there; undefined for any other list. */
  of(list: number): number | undefined {
    return this.#byList.get(list)?.list;
  }

  /** Picks the champions of every long list, a list at each step: to be taken once, after a build. */
  *choose(postings: PostingLists): Generator<void> {
    for (let list = 0; list < postings.count; list++) {
      if (postings.length(list) <= MAX_CHAMPIONS || this.#byList.has(list)) continue;
      this.#pick(postings, list);
      yield;
    }
  }

  /** Notes a posting that was added after the choice. */
  push(list: number, posting: number): void {
    const champion = this.#byList.get(list);
    if (champion !== undefined && (posting & IMPACT_MASK) > champion.threshold) {
      this.lists.push(champion.list, posting);
    }
  }

  #pick(postings: PostingLists, list: number): void {
    const { page, start, length } = postings.view(list);
    const entries = page.subarray(start, start + length);
    const least = leastImpact(entries);
    // The highest impact first, as one number that sorts natively; documents in their order within it.
    const keys = entries
      .filter((posting) => (posting & IMPACT_MASK) >= least)
      .map(swapped)
      .sort();
    const champion = { list: this.lists.add(), threshold: least };
    for (const key of keys.subarray(0, MAX_CHAMPIONS)) this.lists.push(champion.list, unswapped(key));
    this.#byList.set(list, champion);
  }
}

/** The impact that at least MAX_CHAMPIONS entries reach. */
function leastImpact(entries: Uint32Array): number {
  const counts = new Uint32Array(IMPACT_MASK + 1);
  for (const posting of entries) counts[posting & IMPACT_MASK] = (counts[posting & IMPACT_MASK] ?? 0) + 1;
  let least = IMPACT_MASK;
  for (let left = MAX_CHAMPIONS; least > 0; least--) {
    left -= counts[least] ?? 0;
    if (left <= 0) break;
  }
  return least;
}

function swapped(posting: number): number {
  return (((IMPACT_MASK - (posting & IMPACT_MASK)) << 24) | (posting >>> NUMBER_SHIFT)) >>> 0;
}

function unswapped(key: number): number {
  return ((key << NUMBER_SHIFT) | (IMPACT_MASK - (key >>> 24))) >>> 0;
}
