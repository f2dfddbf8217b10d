import type { DocumentSet } from './document-set.ts';
import { IMPACT_MASK, NUMBER_SHIFT } from './impact.ts';
import type { ImpactTable } from './impact-table.ts';
import { TopList } from './top-list.ts';
import type { Candidates } from './word-match.ts';

/** Documents that may match a query, and what they have scored so far. */
export class CandidateSet {
  #documents = new Uint32Array(1024);
  #scores = new Float64Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Forgets the query before. @param room candidates that there may be at most */
  begin(room: number): void {
    this.#count = 0;
    if (room <= this.#documents.length) return;
    this.#documents = new Uint32Array(2 * room);
    this.#scores = new Float64Array(2 * room);
  }

  /** Adds the documents of postings, each once. @param weight what their impacts count by */
  add({ page, start, length }: Candidates, weight: number, seen: DocumentSet): void {
    for (let at = start; at < start + length; at++) {
      const posting = page[at] ?? 0;
      const document = posting >>> NUMBER_SHIFT;
      if (!seen.add(document)) continue;
      this.#documents[this.#count] = document;
      this.#scores[this.#count++] = (posting & IMPACT_MASK) * weight;
    }
  }

  /** Keeps those that have a word, and adds what it counts in them. */
  keep(table: ImpactTable, weight: number): void {
    const documents = this.#documents;
    const scores = this.#scores;
    let kept = 0;
    for (let at = 0; at < this.#count; at++) {
      const document = documents[at] ?? 0;
      const impact = table.impactOf(document);
      if (impact === 0) continue;
      documents[kept] = document;
      scores[kept++] = (scores[at] ?? 0) + impact * weight;
    }
    this.#count = kept;
  }

  /** Keeps those that score more than 0, with that score. */
  keepBy(scoreOf: (document: number) => number): void {
    const documents = this.#documents;
    let kept = 0;
    for (let at = 0; at < this.#count; at++) {
      const document = documents[at] ?? 0;
      const score = scoreOf(document);
      if (score === 0) continue;
      documents[kept] = document;
      this.#scores[kept++] = score;
    }
    this.#count = kept;
  }

  /** The best of them, best first. */
  best(limit: number): readonly number[] {
    const top = new TopList(limit);
    const scores = this.#scores;
    let least = 0;
    for (let at = 0; at < this.#count; at++) {
      const score = scores[at] ?? 0;
      if (score > least) least = top.offer(this.#documents[at] ?? 0, score);
    }
    return top.items;
  }
}
