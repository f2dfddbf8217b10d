import { closest as closestOf, distance } from 'fastest-levenshtein';

/** `; did you mean 'users'?` where one of the known names is near enough to be a slip of the keyboard, else nothing. */
export function closest(given: string, known: readonly string[]): string {
  const best = known.length === 0 ? undefined : closestOf(given, known);
  return best !== undefined && distance(given, best) <= 2 ? `; did you mean '${best}'?` : '';
}
