/** A stretch of a text, and whether the search found it. */
export interface Stretch {
  readonly text: string;
  readonly marked: boolean;
}

/** A word, with the marks that are written after its letters in decomposed text. */
const WORD = /[\p{L}\p{N}]+(?:\p{M}+[\p{L}\p{N}]*)*/gu;

/** Without accents, case and ligatures: what the search service compares too. */
function fold(word: string): string {
  return word.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll('œ', 'oe').replaceAll('æ', 'ae');
}

/** Cuts a text into stretches; a word is marked when it begins with a word of the search, accents and case aside. */
export function highlight(text: string, keyword: string): readonly Stretch[] {
  const wanted = (keyword.match(WORD) ?? []).map(fold);
  if (wanted.length === 0) return [{ text, marked: false }];
  const stretches: Stretch[] = [];
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    if (!wanted.some((prefix) => fold(match[0]).startsWith(prefix))) continue;
    if (match.index > end) stretches.push({ text: text.slice(end, match.index), marked: false });
    stretches.push({ text: match[0], marked: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) stretches.push({ text: text.slice(end), marked: false });
  return stretches;
}
