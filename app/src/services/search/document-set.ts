import { NUMBER_SHIFT } from './impact.ts';
import type { ListView } from './posting-lists.ts';
import { resized } from './resized.ts';

/** A set of documents, a bit each. */
export class DocumentSet {
  #bits = new Uint32Array(0);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  copy(other: DocumentSet): void {
    const bits = other.#bits;
    if (this.#bits.length < bits.length) this.#bits = new Uint32Array(bits.length);
    this.#bits.set(bits);
    this.#bits.fill(0, bits.length);
    this.#count = other.#count;
  }

  /** Adds a document; false where it was there. */
  add(document: number): boolean {
    const place = document >>> 5;
    if (place >= this.#bits.length) this.#bits = resized(this.#bits, new Uint32Array(2 * (place + 1)));
    const bits = this.#bits[place] ?? 0;
    const bit = 1 << (document & 31);
    if ((bits & bit) !== 0) return false;
    this.#bits[place] = bits | bit;
    this.#count++;
    return true;
  }

  /** Adds the documents of postings, and returns how many of them were new: a nanosecond each. */
  addAll({ page, start, length }: ListView): number {
    let bits = this.#bits;
    let fresh = 0;
    for (let at = start; at < start + length; at++) {
      const document = (page[at] ?? 0) >>> NUMBER_SHIFT;
      const place = document >>> 5;
      if (place >= bits.length) bits = resized(bits, new Uint32Array(2 * (place + 1)));
      const known = bits[place] ?? 0;
      fresh += ((known >>> (document & 31)) & 1) ^ 1;
      bits[place] = known | (1 << (document & 31));
    }
    this.#bits = bits;
    this.#count += fresh;
    return fresh;
  }

  has(document: number): boolean {
    return (((this.#bits[document >>> 5] ?? 0) >>> (document & 31)) & 1) === 1;
  }
}
