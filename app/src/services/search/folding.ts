import { fold } from '../../text/folding.ts';
import { wordsOf } from '../../text/words.ts';

/** A character that separates words. */
export const SEPARATOR = 0;
/** A character of which only the whole text tells what becomes of it: a mark, a letter of another script. */
export const UNKNOWN = 0xffff;
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
export function foldingOf(codePoint: number): number {
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
