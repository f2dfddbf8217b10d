/** The best `limit` of many scores, best first; among equals the one offered first stays. */
export class TopList {
  readonly #limit: number;
  readonly #items: number[] = [];
  readonly #scores: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get items(): readonly number[] {
    return this.#items;
  }

  /** What a score must exceed to be among them. */
  get least(): number {
    return this.#items.length < this.#limit ? Number.NEGATIVE_INFINITY : (this.#scores[this.#limit - 1] ?? 0);
  }

  offer(item: number, score: number): void {
    const full = this.#items.length === this.#limit;
    if (full && score <= (this.#scores[this.#limit - 1] ?? 0)) return;
    const at = this.#place(score);
    this.#items.splice(at, 0, item);
    this.#scores.splice(at, 0, score);
    if (!full) return;
    this.#items.pop();
    this.#scores.pop();
  }

  /** Behind all that score as much or more. */
  #place(score: number): number {
    let low = 0;
    let high = this.#scores.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#scores[middle] ?? 0) >= score) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
