/** The best `limit` of many scores, best first; among equals the one offered first stays. */
export class TopList {
  readonly #limit: number;
  readonly #items: number[] = [];
  readonly #scores: number[] = [];
  #least = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get items(): readonly number[] {
    return this.#items;
  }

  get isFull(): boolean {
    return this.#items.length === this.#limit;
  }

  /** What a score must exceed to be among them. */
  get least(): number {
    return this.#least;
  }

  /** Takes an item in; of one that is offered again the higher score counts. */
  offer(item: number, score: number): void {
    if (score <= this.#least) return;
    const known = this.#items.indexOf(item);
    if (known >= 0) {
      if ((this.#scores[known] ?? 0) >= score) return;
      this.#items.splice(known, 1);
      this.#scores.splice(known, 1);
    }
    const at = this.#place(score);
    this.#items.splice(at, 0, item);
    this.#scores.splice(at, 0, score);
    if (this.#items.length > this.#limit) {
      this.#items.pop();
      this.#scores.pop();
    }
    if (this.isFull) this.#least = this.#scores[this.#limit - 1] ?? 0;
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
