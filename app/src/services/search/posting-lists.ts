import { resized } from './resized.ts';

/** Entries of a page of small lists; larger lists have pages of their own size. */
const PAGE_BITS = 14;

/** Where a list stands: entries `start` to `start + length` of `page`. */
export interface ListView {
  readonly page: Uint32Array;
  readonly start: number;
  readonly length: number;
}

/** All lists of one capacity: regions of 2^bits entries, cut from pages that never move. */
class SizeClass {
  readonly bits: number;
  readonly #pages: Uint32Array[] = [];
  readonly #free: number[] = [];
  readonly #regionsPerPageBits: number;
  readonly #mask: number;
  #regions = 0;

  constructor(bits: number) {
    this.bits = bits;
    this.#regionsPerPageBits = Math.max(0, PAGE_BITS - bits);
    this.#mask = (1 << this.#regionsPerPageBits) - 1;
  }

  take(): number {
    const reused = this.#free.pop();
    if (reused !== undefined) return reused;
    if (this.#regions >> this.#regionsPerPageBits === this.#pages.length) {
      this.#pages.push(new Uint32Array(2 ** (this.bits + this.#regionsPerPageBits)));
    }
    return this.#regions++;
  }

  giveBack(region: number): void {
    this.#free.push(region);
  }

  page(region: number): Uint32Array {
    return this.#pages[region >> this.#regionsPerPageBits] ?? EMPTY;
  }

  start(region: number): number {
    return (region & this.#mask) << this.bits;
  }
}

const EMPTY = new Uint32Array(0);

/**
 * Growing lists of 32-bit numbers, one for each word: a few bytes of overhead a list where a typed array each would cost
 * two hundred. A full list moves to a region twice its size.
 */
export class PostingLists {
  readonly #classes: SizeClass[] = [];
  /** Per list: capacity (as a power of two), region and length. */
  #bits = new Uint8Array(1024);
  #region = new Uint32Array(1024);
  #length = new Uint32Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Begins an empty list; returns its number. */
  add(): number {
    if (this.#count === this.#length.length) this.#grow();
    this.#region[this.#count] = this.#class(0).take();
    return this.#count++;
  }

  push(list: number, value: number): void {
    const length = this.#length[list] ?? 0;
    if (length === 1 << (this.#bits[list] ?? 0)) this.#move(list, length);
    const sizeClass = this.#class(this.#bits[list] ?? 0);
    const region = this.#region[list] ?? 0;
    sizeClass.page(region)[sizeClass.start(region) + length] = value;
    this.#length[list] = length + 1;
  }

  length(list: number): number {
    return this.#length[list] ?? 0;
  }

  view(list: number): ListView {
    const sizeClass = this.#class(this.#bits[list] ?? 0);
    const region = this.#region[list] ?? 0;
    return { page: sizeClass.page(region), start: sizeClass.start(region), length: this.length(list) };
  }

  #move(list: number, length: number): void {
    const from = this.view(list);
    const bits = (this.#bits[list] ?? 0) + 1;
    const target = this.#class(bits);
    const region = target.take();
    target.page(region).set(from.page.subarray(from.start, from.start + length), target.start(region));
    this.#class(bits - 1).giveBack(this.#region[list] ?? 0);
    this.#bits[list] = bits;
    this.#region[list] = region;
  }

  #class(bits: number): SizeClass {
    const known = this.#classes[bits];
    if (known !== undefined) return known;
    const added = new SizeClass(bits);
    this.#classes.push(added);
    return added;
  }

  #grow(): void {
    const size = 2 * this.#count;
    this.#bits = resized(this.#bits, new Uint8Array(size));
    this.#region = resized(this.#region, new Uint32Array(size));
    this.#length = resized(this.#length, new Uint32Array(size));
  }
}
