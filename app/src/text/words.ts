import { fold } from './folding.ts';
import { graphemesOf } from './graphemes.ts';

const IS_ASCII = /^[\t-~]*$/;
const ASCII_WORD = /[a-z0-9]+/g;
/** A word of folded text; its marks are those that say something. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/** Scripts without spaces between words. Half-width and lengthening signs belong to the kana. */
const IDEOGRAPHS = '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Bopo}\\u30fc\\uff70\\uff9e\\uff9f';
const SOUTH_EAST = '\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}';
const INNER = '\\p{M}\\p{Default_Ignorable_Code_Point}';
/** Runs of one way of writing. */
const RUN = new RegExp(
  `(?<pairs>[${IDEOGRAPHS}][${IDEOGRAPHS}${INNER}]*)|(?<dictionary>[${SOUTH_EAST}][${SOUTH_EAST}${INNER}]*)|` +
    `(?:(?![${IDEOGRAPHS}${SOUTH_EAST}])[\\p{Alphabetic}\\p{N}${INNER}])+`,
  'gu',
);

/** Longest word that is indexed; what is longer is found by its beginning. */
export const MAX_WORD = 32;

/** A word as it is compared, and where it stands in the text as it was written. */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** Where the first character of a pair ends. @default - the word is no pair */
  readonly middle?: number;
}

/** The words of a text as the index and a query know them. */
export function wordsOf(text: string): string[] {
  if (!IS_ASCII.test(text)) return [...placedWords(text)].map(({ word }) => word);
  return (text.toLowerCase().match(ASCII_WORD) ?? []).map(cut);
}

/** The same words, each with its place. */
export function* placedWords(text: string): Generator<PlacedWord> {
  for (const { 0: run, index: start, groups } of text.matchAll(RUN)) {
    if (groups?.['pairs'] !== undefined) yield* pairsOf(run, start);
    else if (groups?.['dictionary'] !== undefined) yield* dictionaryWords(run, start);
    else yield* wordsOfRun(run, start);
  }
}

/** A query's words, each once. The last character of a run of pairs says nothing that the pair before it does not. */
export function queryWords(keyword: string): string[] {
  if (IS_ASCII.test(keyword)) return [...new Set(wordsOf(keyword))];
  const all = [...placedWords(keyword)];
  const telling = all.filter(({ middle, end }, at) => middle !== end || all[at - 1]?.end !== end);
  return [...new Set(telling.map(({ word }) => word))];
}

function* wordsOfRun(run: string, start: number): Generator<PlacedWord> {
  for (const [word] of fold(run).matchAll(WORD)) yield { word: cut(word), start, end: start + run.length };
}

/** Made when a text needs it: it loads the rules of its languages. */
let byDictionary: Intl.Segmenter | undefined;

/** Every two neighbours and the last one alone, so that any part of a run is found, whatever a dictionary makes of it. */
function* pairsOf(run: string, offset: number): Generator<PlacedWord> {
  const parts = [...graphemesOf(run)].map(({ segment, index }) => ({
    text: fold(segment),
    start: offset + index,
  }));
  for (const [at, { text, start }] of parts.entries()) {
    const next = parts[at + 1];
    const middle = next?.start ?? offset + run.length;
    const end = parts[at + 2]?.start ?? offset + run.length;
    if (text !== '') yield { word: cut(text + (next?.text ?? '')), start, end, middle };
  }
}

function* dictionaryWords(run: string, offset: number): Generator<PlacedWord> {
  byDictionary ??= new Intl.Segmenter('th', { granularity: 'word' });
  for (const { segment, index } of byDictionary.segment(run)) yield* wordsOfRun(segment, offset + index);
}

function cut(word: string): string {
  return word.length > MAX_WORD ? word.slice(0, MAX_WORD) : word;
}
