import { IMPACT_MASK, NUMBER_SHIFT } from './impact.ts';
import { NONE } from './key-table.ts';
import { eachOf, shifted, shiftOf, type WordLists, type WordMatch } from './word-match.ts';

/** Up to this share of the documents postings are taken back one by one; beyond, emptying the whole table is quicker. */
const SPARSE_SHARE = 1 / 8;

interface Dense {
  readonly impacts: Uint8Array;
  readonly shift: number;
}

const NO_IMPACTS: Dense = { impacts: new Uint8Array(0), shift: 0 };
const NOTHING: WordMatch = { exact: NONE, numbers: [], size: 0, filling: 0, documents: 0, weight: 0 };

/**
 * For one word of a query, what it counts in each document. It is filled from postings, which stand one behind the other:
 * to look for the word in the document instead costs a walk to another place in memory, a hundred times a posting.
 */
export class ImpactTable {
  readonly #lists: WordLists;
  #impacts = new Uint8Array(0);
  #filled = NOTHING;
  /** The very frequent among the words have tables of their own already. */
  #dense: readonly Dense[] = [];

  constructor(lists: WordLists) {
    this.#lists = lists;
  }

  /** Begins a word. @param documents how many there are */
  fill(match: WordMatch, documents: number): void {
    this.#clear();
    if (this.#impacts.length < documents) this.#impacts = new Uint8Array(Math.ceil(1.25 * documents));
    const { frequent } = this.#lists;
    const sparse: number[] = [];
    this.#dense = match.numbers.flatMap((number) => {
      const impacts = frequent.impactsOf(number);
      if (impacts === undefined) sparse.push(number);
      return impacts === undefined ? [] : [{ impacts, shift: shiftOf(match, number) }];
    });
    this.#filled = { ...match, numbers: sparse };
    this.#write();
  }

  /** What the word counts in a document; 0 where the document does not have it. */
  impactOf(document: number): number {
    let best = this.#impacts[document] ?? 0;
    for (let at = 0; at < this.#dense.length; at++) {
      const { impacts, shift } = this.#dense[at] ?? NO_IMPACTS;
      const impact = impacts[document] ?? 0;
      if (impact !== 0) best = Math.max(best, shifted(impact, shift));
    }
    return best;
  }

  #write(): void {
    const impacts = this.#impacts;
    eachOf(this.#filled, this.#lists, ({ page, start, length, shift }) => {
      for (let at = start; at < start + length; at++) {
        const posting = page[at] ?? 0;
        const document = posting >>> NUMBER_SHIFT;
        const impact = shifted(posting & IMPACT_MASK, shift);
        if (impact > (impacts[document] ?? 0)) impacts[document] = impact;
      }
    });
  }

  #clear(): void {
    const impacts = this.#impacts;
    if (this.#filled.filling > impacts.length * SPARSE_SHARE) {
      impacts.fill(0);
      return;
    }
    eachOf(this.#filled, this.#lists, ({ page, start, length }) => {
      for (let at = start; at < start + length; at++) impacts[(page[at] ?? 0) >>> NUMBER_SHIFT] = 0;
    });
  }
}
