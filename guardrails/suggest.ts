import { closest, distance } from 'fastest-levenshtein';

/** The word that was probably meant: one or two slips away, whatever the case; undefined when nothing is that near. */
export function suggest(given: string, known: readonly string[]): string | undefined {
  const sameLetters = known.find((word) => word.toLowerCase() === given.toLowerCase());
  if (sameLetters !== undefined || known.length === 0) return sameLetters;
  const nearest = closest(given, [...known]);
  return distance(given, nearest) <= Math.max(1, Math.floor(given.length / 4)) ? nearest : undefined;
}
