/** The best `limit` of many scores, best first; among equals the one offered first stays. Nothing is allocated for one that is offered. */
export class TopList {
  readonly #limit: number;
  readonly #items: number[] = [];
  readonly #scores: number[] = [];
  #least = 0;

  /** @param limit at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get items(): readonly number[] {
    return this.#items;
  }

  /** What a score must exceed to be among them. */
  get least(): number {
    return this.#least;
  }

  /**
   * Takes an item in whose score is above 0; of one that is offered again the higher score counts.
   * @returns `least`, which a loop keeps rather than asks for: a field of a broken number is read into a new object
   */
  offer(item: number, score: number): number {
    if (score <= this.#least) return this.#least;
    const items = this.#items;
    const scores = this.#scores;
    const known = items.indexOf(item);
    if (known >= 0 && (scores[known] ?? 0) >= score) return this.#least;
    // From the place that becomes free up to behind all that score as much or more.
    let at = known >= 0 ? known : Math.min(items.length, this.#limit - 1);
    for (; at > 0 && (scores[at - 1] ?? 0) < score; at--) {
      items[at] = items[at - 1] ?? 0;
      scores[at] = scores[at - 1] ?? 0;
    }
    items[at] = item;
    scores[at] = score;
    if (items.length === this.#limit) this.#least = scores[this.#limit - 1] ?? 0;
    return this.#least;
  }
}
