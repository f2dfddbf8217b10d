import { resized } from './resized.ts';

/** Counts the words of one document after another, in tables that stay. */
export class Tally {
  /** Per word: how often the document has it, each time by the weight of its field. Zero between documents. */
  #frequencies = new Uint32Array(1024);
  /** Different words of the document, in the order of their first occurrence. */
  readonly words: number[] = [];
  /** Words of the document, the repeated ones included. */
  length = 0;

  add(word: number, weight: number): void {
    if (word >= this.#frequencies.length) this.#frequencies = resized(this.#frequencies, new Uint32Array(2 * word));
    const frequency = this.#frequencies[word] ?? 0;
    if (frequency === 0) this.words.push(word);
    this.#frequencies[word] = frequency + weight;
    this.length++;
  }

  frequency(word: number): number {
    return this.#frequencies[word] ?? 0;
  }

  clear(): void {
    for (const word of this.words) this.#frequencies[word] = 0;
    this.words.length = 0;
    this.length = 0;
  }
}
