import { KeyTable } from './key-table.ts';

/** New words are looked through one by one until there are this many. */
const MAX_RECENT = 512;
/** While an index is built, words are sorted in when they are this part of all: a few milliseconds each time. */
const RECENT_SHARE = 1 / 4;

/** Bytes by which words are sorted: with them and a number, an entry of the order is a whole double. */
const LEADING_BYTES = 4;
const NUMBERS = 2 ** 21;

/** All words that occur, as UTF-8, numbered in the order of their first occurrence, and found by their beginning. */
export class Dictionary {
  readonly #words = new KeyTable();
  /** For each word that is sorted in: its leading bytes x NUMBERS + its number, in ascending order. */
  #order = new Float64Array(0);

  get size(): number {
    return this.#words.size;
  }

  /** The number of a word, or NONE. */
  find(word: Uint8Array): number {
    return this.#words.find(word, 0, word.length);
  }

  /** The number of the word that is the first `length` bytes; it is added where it is new. */
  put(bytes: Uint8Array, length: number): number {
    const number = this.#words.put(bytes, 0, length);
    if (number >= NUMBERS) throw new RangeError(`the index holds at most ${NUMBERS} different words`);
    if (this.#recent > Math.max(8 * MAX_RECENT, RECENT_SHARE * this.size)) this.settle();
    return number;
  }

  /** About how many words begin so: exact for short prefixes once they are sorted in. */
  count(prefix: Uint8Array, listed: number): number {
    if (prefix.length > LEADING_BYTES) return listed;
    const start = lowerBound(this.#order, leadingOf(prefix, 0) * NUMBERS);
    return Math.max(listed, lowerBound(this.#order, (leadingOf(prefix, 0xff) + 1) * NUMBERS) - start);
  }

  /** Whether a word begins so. */
  startsWith(word: number, prefix: Uint8Array): boolean {
    return this.#words.startsWith(word, prefix);
  }

  /** Numbers of the words that begin with `prefix`, itself included; of more than `limit`, one more than these. */
  startingWith(prefix: Uint8Array, limit = Number.POSITIVE_INFINITY): number[] {
    if (this.#recent > MAX_RECENT) this.settle();
    const isShort = prefix.length <= LEADING_BYTES;
    const order = this.#order;
    const end = (leadingOf(prefix, 0xff) + 1) * NUMBERS;
    const numbers: number[] = [];
    for (
      let at = lowerBound(order, leadingOf(prefix, 0) * NUMBERS);
      (order[at] ?? end) < end && numbers.length <= limit;
      at++
    ) {
      const number = numberOf(order[at] ?? 0);
      if (isShort || this.#words.startsWith(number, prefix)) numbers.push(number);
    }
    for (let number = order.length; number < this.size && numbers.length <= limit; number++) {
      if (this.#words.startsWith(number, prefix)) numbers.push(number);
    }
    return numbers;
  }

  /** Sorts the recent words in among the others. */
  settle(): void {
    const sorted = this.#order;
    const recent = new Float64Array(this.#recent);
    for (let at = 0; at < recent.length; at++) {
      const number = sorted.length + at;
      recent[at] = this.#words.leading(number, LEADING_BYTES) * NUMBERS + number;
    }
    recent.sort();
    const merged = new Float64Array(this.size);
    let next = 0;
    let from = 0;
    for (let at = 0; at < merged.length; at++) {
      const old = from < sorted.length ? (sorted[from] ?? 0) : Number.POSITIVE_INFINITY;
      const added = next < recent.length ? (recent[next] ?? 0) : Number.POSITIVE_INFINITY;
      if (old < added) from++;
      else next++;
      merged[at] = Math.min(old, added);
    }
    this.#order = merged;
  }

  get #recent(): number {
    return this.size - this.#order.length;
  }
}

/** The first bytes of a prefix as one number; what a shorter one lacks is `filling`. */
function leadingOf(prefix: Uint8Array, filling: number): number {
  let leading = 0;
  for (let at = 0; at < LEADING_BYTES; at++) leading = leading * 256 + (prefix[at] ?? filling);
  return leading;
}

function numberOf(entry: number): number {
  return entry - Math.floor(entry / NUMBERS) * NUMBERS;
}

/** Index of the first entry that is not below `least`. */
function lowerBound(order: Float64Array, least: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
