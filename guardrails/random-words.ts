/** Bits per character above which a long word is no language. */
const RANDOM_BITS = 4;
/** Shorter than this, a word is not taken for a random one. */
const SHORTEST = 24;
/** In pieces, because a longer word can be of any length: what is random is so in each of them. */
const LONG_WORD = /[A-Za-z0-9+/_-]{24,10000}={0,2}/g;
/** Sums of Go modules and of packages (`h1:`, `sha512-`) say what they are. */
const SUM = /\b(h1:|sha(256|384|512)-)[A-Za-z0-9+/]{43,88}={0,2}/g;
/** Its characters, by their code points. */
const OF_WORD = Array.from({ length: 128 }, (_, code) => /[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)));

/** Whether a long word of the text is random, as keys are. */
export function holdsRandom(text: string): boolean {
  return longWords(text.replace(SUM, '')).some((word) =>
    [...word.matchAll(LONG_WORD)].some(([piece]) => isRandom(piece)),
  );
}

/** The words of a text that are long enough: each stands at a multiple of their length, so that only there it is looked for. */
function longWords(text: string): readonly string[] {
  const words: string[] = [];
  for (let at = SHORTEST - 1, end = 0; at < text.length; at += SHORTEST) {
    if (at < end || !isOfWord(text, at)) continue;
    let start = at;
    while (start > end && isOfWord(text, start - 1)) start -= 1;
    end = at + 1;
    while (end < text.length && isOfWord(text, end)) end += 1;
    if (end - start >= SHORTEST) words.push(text.slice(start, end + 2));
  }
  return words;
}

function isOfWord(text: string, at: number): boolean {
  return OF_WORD[text.charCodeAt(at)] === true;
}

/** Checksums and digests are hexadecimal, names are words with separators: neither is taken for a secret. */
function isRandom(word: string): boolean {
  if (/^[0-9a-f-]+$/i.test(word) || !/[a-z]/.test(word) || !/[A-Z]/.test(word) || !/\d/.test(word)) return false;
  const words = word.split(/[/_-]/).filter((part) => part.length > 0);
  if (words.length > 3 || words.every((part) => /^[A-Za-z\d]+$/.test(part) && changes(part) < 6)) return false;
  return entropy(word) >= RANDOM_BITS;
}

/** How often letters and digits alternate: often in random words, seldom in names. */
function changes(word: string): number {
  return (word.match(/\d[A-Za-z]|[A-Za-z]\d|[a-z][A-Z]/g) ?? []).length;
}

function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / word.length) * Math.log2(count / word.length), 0);
}
