/** New words kept apart until there are this many: sorting all words again for each new one would block the loop. */
const MAX_RECENT = 512;

/** All words that occur, numbered in the order of their first occurrence, and found by their beginning. */
export class Dictionary {
  readonly #numbers = new Map<string, number>();
  #sorted: string[] = [];
  /** Numbers of the sorted words. */
  #sortedNumbers: number[] = [];
  #recent: string[] = [];

  get size(): number {
    return this.#numbers.size;
  }

  /** The number of a word, or undefined. */
  find(word: string): number | undefined {
    return this.#numbers.get(word);
  }

  /** Adds a word that is not there yet; its number is the count of words before it. */
  add(word: string): number {
    const number = this.#numbers.size;
    this.#numbers.set(word, number);
    this.#recent.push(word);
    return number;
  }

  /** Numbers of the words that begin with `prefix`, itself included. */
  startingWith(prefix: string): number[] {
    if (this.#recent.length > MAX_RECENT) this.settle();
    const end = lowerBound(this.#sorted, `${prefix}\uffff`);
    const numbers = this.#sortedNumbers.slice(lowerBound(this.#sorted, prefix), end);
    for (const word of this.#recent) if (word.startsWith(prefix)) numbers.push(this.#numbers.get(word) ?? 0);
    return numbers;
  }

  /** Sorts the recent words in among the others. */
  settle(): void {
    const recent = this.#recent.sort(byCodeUnits);
    const merged: string[] = [];
    let next = 0;
    for (const word of this.#sorted) {
      for (let added = recent[next]; added !== undefined && added < word; added = recent[++next]) merged.push(added);
      merged.push(word);
    }
    this.#sorted = merged.concat(recent.slice(next));
    this.#sortedNumbers = this.#sorted.map((word) => this.#numbers.get(word) ?? 0);
    this.#recent = [];
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Index of the first word that is not below `prefix`. */
function lowerBound(words: readonly string[], prefix: string): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle] ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
