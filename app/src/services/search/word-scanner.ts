import { MAX_WORD } from '../../text/words.ts';
import { foldingOf, SEPARATOR, UNKNOWN } from './folding.ts';

const ASCII = Uint16Array.from({ length: 0x80 }, (_, code) => foldingOf(code));

/** Lead bytes in UTF-8: of two-byte characters, and of the block of typesetters' punctuation (E2 80 xx). */
const TWO_BYTES = { from: 0xc2, to: 0xdf } as const;
const PUNCTUATION = { lead: 0xe2, next: 0x80, start: 0x2000 } as const;

/** Cuts UTF-8 text into the words that wordsOf finds in it, without a string for any: a tenth of the time of a build. */
export class WordScanner {
  /** The latest word is the first `length` of these bytes. */
  readonly word = new Uint8Array(MAX_WORD + 1);
  length = 0;
  /** Set by a character that is not in the tables: what follows must be read by wordsOf. */
  isLost = false;
  #text: Uint8Array = this.word;
  #at = 0;
  #end = 0;

  /** Begins a text: the bytes from `start` to `end`. */
  open(text: Uint8Array, start: number, end: number): void {
    this.#text = text;
    this.#at = start;
    this.#end = end;
    this.isLost = false;
  }

  /** Moves on to the next word; false where there is none, or where the scanner is lost. */
  next(): boolean {
    const { word } = this;
    const text = this.#text;
    const end = this.#end;
    let length = 0;
    let at = this.#at;
    while (at < end) {
      const byte = text[at] ?? 0;
      const folding = byte < 0x80 ? (ASCII[byte] ?? SEPARATOR) : this.#fold(byte, at);
      at += byte < 0x80 ? 1 : byte < 0xe0 ? 2 : 3;
      if (folding === SEPARATOR) {
        if (length > 0) break;
        continue;
      }
      if (folding === UNKNOWN) {
        this.isLost = true;
        return false;
      }
      if (length < MAX_WORD) word[length++] = folding;
      if (folding > 0xff && length < MAX_WORD) word[length++] = folding >>> 8;
    }
    this.#at = at;
    this.length = length;
    return length > 0;
  }

  #fold(lead: number, at: number): number {
    const next = this.#text[at + 1] ?? 0;
    if (lead >= TWO_BYTES.from && lead <= TWO_BYTES.to) return foldingOf(((lead & 0x1f) << 6) | (next & 0x3f));
    if (lead !== PUNCTUATION.lead || next !== PUNCTUATION.next) return UNKNOWN;
    return foldingOf(PUNCTUATION.start + ((this.#text[at + 2] ?? 0) & 0x3f));
  }
}
