/** Letters that have no decomposition in Unicode but that people type without their stroke or ligature. */
const FOLDED: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

const ASCII_WORD = /[a-z0-9]+/g;
const WORD = /[\p{L}\p{N}]+/gu;
const IS_ASCII = /^[\t-~]*$/;

/** Longest word that is indexed; what is longer is found by its beginning. */
export const MAX_WORD = 32;

/** The words of a text as the index and a query know them: lower case, without accents. */
export function wordsOf(text: string): string[] {
  const words = IS_ASCII.test(text) ? text.toLowerCase().match(ASCII_WORD) : fold(text).match(WORD);
  return (words ?? []).map((word) => (word.length > MAX_WORD ? word.slice(0, MAX_WORD) : word));
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[œæßøłđðþı]/g, (letter) => FOLDED[letter] ?? letter);
}
