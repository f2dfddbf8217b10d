import { SEED_QUOTES } from '../../app/seed/quotes.ts';

/** A quote as the benchmarks make it: as long as a real one, in words as frequent as real ones. */
export interface CorpusQuote {
  readonly id: string;
  readonly text: string;
  readonly author: string;
}

/** Marsaglia's xorshift32: the same corpus in every run. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const WORDS_IN_USE = 30_000;
const SYLLABLES = [
  'ma',
  'ri',
  'to',
  'sen',
  'lu',
  'ver',
  'né',
  'ca',
  'dor',
  'phi',
  'lo',
  'tra',
  'qui',
  'ble',
  'est',
  'on',
];

/** Real words first: they are the frequent ones under Zipf's law; made-up ones fill the long tail. */
function vocabulary(random: () => number): string[] {
  const real = [...new Set(SEED_QUOTES.flatMap(({ text }) => text.toLowerCase().match(/\p{L}{2,}/gu) ?? []))];
  const pick = () => SYLLABLES[Math.floor(random() * SYLLABLES.length)] ?? 'a';
  const made = Array.from({ length: WORDS_IN_USE - real.length }, () =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, pick).join(''),
  );
  return [...real, ...made];
}

/** `count` quotes of 6 to 30 words, their words distributed by Zipf's law, by authors of two words, each one of a thousand. */
export function* corpus(count: number): Generator<CorpusQuote> {
  const random = randomOf(20_240_229);
  const words = vocabulary(random);
  // Inverse of the cumulative Zipf distribution with exponent 1: the rank is exponential in a uniform number.
  const word = () => words[Math.floor(words.length ** random()) - 1] ?? 'a';
  for (let index = 0; index < count; index += 1) {
    const text = Array.from({ length: 6 + Math.floor(random() * 25) }, word).join(' ');
    const author = `${words[Math.floor(random() * 1_000) + 500]} ${words[Math.floor(random() * 1_000) + 2_000]}`;
    yield { id: `q${String(index).padStart(7, '0')}`, text, author };
  }
}

/** Searches as people make them: one or two words of the corpus, every third a beginning of a word. */
export function searches(count: number): string[] {
  const random = randomOf(7);
  const texts = [...corpus(500)].map(({ text }) => text.split(' '));
  const word = () => {
    const line = texts[Math.floor(random() * texts.length)] ?? [];
    return line[Math.floor(random() * line.length)] ?? 'amour';
  };
  return Array.from({ length: count }, (_, index) => {
    const first = word();
    if (index % 3 === 2 && first.length > 4) return first.slice(0, 4);
    return index % 2 === 0 ? first : `${first} ${word()}`;
  });
}

/** The same, of which no two are alike: signs that say nothing follow their words. Five thousand are more than the index remembers. */
export function unlikeSearches(count: number): string[] {
  const keywords = searches(2_000);
  const signs = (index: number) => index.toString(2).replaceAll('0', '.').replaceAll('1', '-');
  return Array.from({ length: count }, (_, index) => `${keywords[index % keywords.length]} ${signs(index)}`);
}
