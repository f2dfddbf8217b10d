import { resized } from './resized.ts';

/** No number: the key is not there. */
export const NONE = -1;

/** Short keys of bytes, numbered in the order in which they came: a third of the memory of a Map of strings, and no garbage. */
export class KeyTable {
  /** Open addressing: the number of a key plus one, 0 where a slot is free. At most half of the slots are taken. */
  #slots = new Uint32Array(2048);
  /** Per key: its hash, and where its bytes end (they begin where those of the key before end). */
  #hashes = new Int32Array(1024);
  #ends = new Uint32Array(1024);
  #bytes = Buffer.alloc(8192);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of the key that is the bytes from `start` to `end`, or NONE. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const slot = this.#slotOf(hashOf(bytes, start, end), bytes, start, end);
    return (this.#slots[slot] ?? 0) - 1;
  }

  /** The number of the key, which is added where it is new. */
  put(bytes: Uint8Array, start: number, end: number): number {
    if (this.#size === this.#ends.length) this.#grow();
    const hash = hashOf(bytes, start, end);
    const slot = this.#slotOf(hash, bytes, start, end);
    const known = (this.#slots[slot] ?? 0) - 1;
    if (known !== NONE) return known;
    const number = this.#size++;
    this.#slots[slot] = number + 1;
    this.#hashes[number] = hash;
    this.#keep(number, bytes, start, end);
    return number;
  }

  /** The key as text. */
  text(number: number): string {
    return this.#bytes.toString('utf8', this.#start(number), this.#ends[number]);
  }

  /** The first `count` bytes as one number, 0 for those that a shorter key lacks. */
  leading(number: number, count: number): number {
    const start = this.#start(number);
    const end = this.#ends[number] ?? 0;
    let leading = 0;
    for (let at = start; at < start + count; at++) leading = leading * 256 + (at < end ? (this.#bytes[at] ?? 0) : 0);
    return leading;
  }

  /** Below 0 where the key comes before the bytes from `start` to `end`, above where it comes after them. */
  compare(number: number, bytes: Uint8Array, start: number, end: number): number {
    const own = this.#start(number);
    const length = (this.#ends[number] ?? 0) - own;
    for (let at = 0; at < length && start + at < end; at++) {
      const difference = (this.#bytes[own + at] ?? 0) - (bytes[start + at] ?? 0);
      if (difference !== 0) return difference;
    }
    return length - (end - start);
  }

  startsWith(number: number, prefix: Uint8Array): boolean {
    const start = this.#start(number);
    return start + prefix.length <= (this.#ends[number] ?? 0) && this.#holds(start, prefix, 0, prefix.length);
  }

  #start(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
  }

  /** Where the key is, or where it would come. */
  #slotOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number < 0) return slot;
      if (this.#hashes[number] !== hash) continue;
      const from = this.#start(number);
      if ((this.#ends[number] ?? 0) - from === end - start && this.#holds(from, bytes, start, end)) return slot;
    }
  }

  #holds(from: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes;
    for (let at = start; at < end; at++) if (own[from + at - start] !== bytes[at]) return false;
    return true;
  }

  #keep(number: number, bytes: Uint8Array, start: number, end: number): void {
    const from = this.#start(number);
    const to = from + end - start;
    if (to > this.#bytes.length) this.#bytes = resized(this.#bytes, Buffer.alloc(2 * to));
    for (let at = start; at < end; at++) this.#bytes[from + at - start] = bytes[at] ?? 0;
    this.#ends[number] = to;
  }

  #grow(): void {
    const capacity = 2 * this.#size;
    this.#hashes = resized(this.#hashes, new Int32Array(capacity));
    this.#ends = resized(this.#ends, new Uint32Array(capacity));
    this.#slots = new Uint32Array(2 * capacity);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = (this.#hashes[number] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}

/** FNV-1a, its upper bits mixed into the lower ones, which choose the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}
