/** Letters that may be missing or wrong, by the script of a word; of other scripts, the word's own letters are tried. */
const ALPHABETS: readonly (readonly [RegExp, string])[] = [
  [/^[a-z0-9]+$/, 'abcdefghijklmnopqrstuvwxyz'],
  [/^\p{sc=Greek}+$/u, 'αβγδεζηθικλμνξοπρστυφχψω'],
  [/^\p{sc=Cyrillic}+$/u, 'абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ'],
];

/** Shorter words are a letter away from too many others; longer ones cost too many questions. */
const SHORTEST = 4;
const LONGEST = 20;

/** Unknown words of a query that may be put right: each costs up to a millisecond. */
const MAX_CORRECTIONS = 4;

/** The same words, or with each that nothing begins with replaced by the most frequent of those that are one slip away. */
export function corrected(
  words: string[],
  isKnown: (word: string) => boolean,
  documentsOf: (word: string) => number,
): string[] {
  const unknown = words.filter((word) => !isKnown(word));
  if (unknown.length === 0 || unknown.length > MAX_CORRECTIONS) return words;
  const better = new Map(unknown.map((word) => [word, nearest(word, documentsOf)]));
  if ([...better.values()].includes(undefined)) return words;
  return [...new Set(words.map((word) => better.get(word) ?? word))];
}

function nearest(word: string, documentsOf: (word: string) => number): string | undefined {
  let [best, most]: [string | undefined, number] = [undefined, 0];
  for (const candidate of oneSlipAway(word)) {
    const documents = documentsOf(candidate);
    if (documents > most) [best, most] = [candidate, documents];
  }
  return best;
}

/** Words one slip away: a letter too many, two swapped, one wrong, one missing. At most about 1,100. */
export function* oneSlipAway(word: string): Generator<string> {
  const letters = [...word];
  if (letters.length < SHORTEST || letters.length > LONGEST) return;
  const alphabet = [...(ALPHABETS.find(([script]) => script.test(word))?.[1] ?? new Set(letters))];
  for (let at = 0; at <= letters.length; at++) {
    const [before, here = '', next = ''] = [letters.slice(0, at).join(''), letters[at], letters[at + 1]];
    const after = letters.slice(at + 1).join('');
    if (at < letters.length) yield before + after;
    if (next !== '') yield before + next + here + letters.slice(at + 2).join('');
    for (const letter of alphabet) {
      if (at < letters.length && letter !== here) yield before + letter + after;
      yield before + letter + here + after;
    }
  }
}
