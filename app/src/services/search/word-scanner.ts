import { fold } from '../../text/folding.ts';
import { MAX_WORD, wordsOf } from '../../text/words.ts';

/** A character that separates words. */
const SEPARATOR = 0;
/** A character of which only the whole text tells what becomes of it: a mark, a letter of another script. */
const UNKNOWN = 0xffff;
const NOT_ASKED_YET = 0xfffe;

/** Two ranges have a table: ASCII with the accented Latin letters, and the punctuation that typesetters use. */
const LATIN_END = 0x250;
const PUNCTUATION_START = 0x2000;
const PUNCTUATION_END = 0x2040;

const table = new Uint16Array(LATIN_END + PUNCTUATION_END - PUNCTUATION_START).fill(NOT_ASKED_YET);

/**
 * What words keep of a character: SEPARATOR, UNKNOWN, or its one or two ASCII characters, the second in the upper byte.
 * Asked once for each character, of wordsOf: so that the index and a query cannot differ.
 */
function foldingOf(codePoint: number): number {
  const place = placeOf(codePoint);
  const known = table[place] ?? UNKNOWN;
  if (known !== NOT_ASKED_YET) return known;
  const folding = ask(String.fromCodePoint(codePoint));
  table[place] = folding;
  return folding;
}

function placeOf(codePoint: number): number {
  if (codePoint < LATIN_END) return codePoint;
  const isPunctuation = codePoint >= PUNCTUATION_START && codePoint < PUNCTUATION_END;
  return isPunctuation ? codePoint - PUNCTUATION_START + LATIN_END : table.length;
}

function ask(character: string): number {
  // What is invisible stands within a word.
  if (/\p{Default_Ignorable_Code_Point}/u.test(character)) return UNKNOWN;
  const [word, another] = wordsOf(character);
  if (word === undefined) return SEPARATOR;
  if (another !== undefined || fold(character) !== word) return UNKNOWN;
  const [first, second = 0] = Buffer.from(word);
  const isKnown = first !== undefined && first < 0x80 && second < 0x80 && word.length <= 2;
  return isKnown ? first | (second << 8) : UNKNOWN;
}

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
