/** Letters that may be missing or wrong, by the script of a word; of other scripts, the word's own letters are tried. */
const ALPHABETS: readonly (readonly [RegExp, string])[] = [
  [/^[a-z0-9]+$/, 'abcdefghijklmnopqrstuvwxyz'],
  [/^\p{sc=Greek}+$/u, 'αβγδεζηθικλμνξοπρστυφχψω'],
  [/^\p{sc=Cyrillic}+$/u, 'абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ'],
];

/** Shorter words are a letter away from too many others; longer ones cost too many questions. */
const SHORTEST = 4;
const LONGEST = 20;

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
