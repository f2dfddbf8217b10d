import { closest, distance } from 'fastest-levenshtein';

/** The word that was probably meant: a slip or two away, two letters swapped, or another case; undefined when nothing is that near. */
export function suggest(given: string, known: readonly string[]): string | undefined {
  const sameLetters = known.find((word) => word.toLowerCase() === given.toLowerCase());
  if (sameLetters !== undefined || known.length === 0) return sameLetters;
  const nearest = closest(given, [...known]);
  const slips = distance(given, nearest);
  const swapped = slips === 2 && letters(given) === letters(nearest);
  return swapped || slips <= Math.max(1, Math.floor(given.length / 4)) ? nearest : undefined;
}

/** `Did you mean cart?` where a known word is that near, other advice where none is. */
export function didYouMean(given: string, known: Iterable<string>, otherwise: string): string {
  const meant = suggest(given, [...known]);
  return meant === undefined ? otherwise : `Did you mean ${meant}?`;
}

function letters(word: string): string {
  return [...word].sort().join('');
}
