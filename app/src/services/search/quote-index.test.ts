import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuoteIndex } from './quote-index.ts';
import type { Indexed } from './stored-fields.ts';

function indexOf(...quotes: Indexed[]): QuoteIndex {
  const index = new QuoteIndex();
  for (const quote of quotes) index.put(quote);
  return index;
}

const quote = (id: string, text: string, author = 'Nobody'): Indexed => ({ id, text, author });

describe('text without spaces', () => {
  const index = indexOf(
    quote('zh', '学而时习之，不亦说乎', '孔子'),
    quote('ja', '吾輩は猫である。名前はまだ無い', '夏目漱石'),
    quote('th', 'ความพยายามอยู่ที่ไหนความสำเร็จอยู่ที่นั่น', 'สุภาษิตไทย'),
    quote('mixed', 'iPhone手机 and 東京2020', 'x'),
  );

  it.each([
    ['时习', 'zh'],
    ['乎', 'zh'],
    ['孔子', 'zh'],
    ['猫', 'ja'],
    ['名前', 'ja'],
    ['猫である', 'ja'],
    ['漱石', 'ja'],
    ['ความสำเร็จ', 'th'],
    ['พยายาม', 'th'],
    ['手机', 'mixed'],
    ['iphone', 'mixed'],
    ['東京 2020', 'mixed'],
  ])('is found by words inside it: %s', (keyword, id) => {
    expect(index.search(keyword, 10).ids).toEqual([id]);
  });

  it('is not found by what does not stand in it', () => {
    for (const keyword of ['犬', '之学', '前名', 'ทะเล']) expect(index.search(keyword, 10).total, keyword).toBe(0);
  });
});

describe('the index', () => {
  it('finds by accents and case left out, and by the beginning of a word', () => {
    const index = indexOf(quote('1', 'Liberté, égalité, fraternité'), quote('2', 'The library of Babel'));
    expect(index.search('LIBERTE', 10).ids).toEqual(['1']);
    expect(index.search('égal', 10).ids).toEqual(['1']);
    expect(index.search('lib', 10).total).toBe(2);
    expect(index.search('babel library', 10).ids).toEqual(['2']);
    expect(index.search('babel egalite', 10)).toEqual({ ids: [], total: 0, exact: true });
    expect(index.search('...', 10)).toEqual({ ids: [], total: 0, exact: true });
  });

  it('ranks the word itself before its beginnings, more of it before less, and short before long', () => {
    const index = indexOf(
      quote('begins', 'loving'),
      quote('long', `love ${'word '.repeat(40)}`),
      quote('once', 'love is here'),
      quote('twice', 'love is love'),
    );
    expect(index.search('love', 10).ids).toEqual(['twice', 'once', 'long']);
    expect(index.search('lov', 10).total).toBe(4);
    const both = indexOf(quote('begins', 'lovely'), quote('is', 'love'));
    expect(both.search('love', 10).ids).toEqual(['is', 'begins']);
  });

  it('counts an author for more than a word', () => {
    const index = indexOf(quote('about', 'Voltaire was here'), quote('by', 'A word of his', 'Voltaire'));
    expect(index.search('voltaire', 10).ids).toEqual(['by', 'about']);
  });

  it('forgets what was removed or replaced', () => {
    const index = indexOf(quote('1', 'alpha'), quote('2', 'alpha'));
    index.remove('1');
    index.remove('unknown');
    index.put(quote('2', 'beta'));
    expect(index.search('alpha', 10)).toEqual({ ids: [], total: 0, exact: true });
    expect(index.search('beta', 10)).toEqual({ ids: ['2'], total: 1, exact: true });
    expect(index.size).toBe(1);
  });

  it('keeps no answer beyond a change, though it is kept with the second time and given with the third', () => {
    const index = indexOf(quote('1', 'alpha'));
    const ask = () => [1, 2, 3].map(() => index.search('alpha', 10).ids).at(-1);
    expect(ask()).toEqual(['1']);
    index.put(quote('2', 'alpha alpha'));
    expect(ask()).toEqual(['2', '1']);
    index.remove('1');
    expect(ask()).toEqual(['2']);
    index.putStored(Buffer.from(JSON.stringify(quote('3', 'alpha'))));
    expect(ask()).toEqual(['2', '3']);
    index.put(quote('2', 'beta'));
    expect(ask()).toEqual(['3']);
  });

  it('keeps what was asked twice, and no more answers and questions than it may', () => {
    const index = indexOf(quote('1', 'alpha'));
    const thrice = (keyword: string) => [1, 2, 3].map(() => index.search(keyword, 10)).slice(1);
    const [kept, again] = thrice('alpha');
    expect(again).toBe(kept);
    for (let number = 0; number < 1_024; number++) thrice(`w${number}`);
    expect(index.search('alpha', 10)).not.toBe(kept);
    for (let number = 0; number < 4_096; number++) index.search(`x${number}`, 10);
    index.put(quote('2', 'beta'));
    expect(index.search('alpha', 10)).not.toBe(index.search('alpha', 10));
  });

  it('refuses too many words before it looks for any, also where it forgives', () => {
    const keyword = Array.from({ length: 25 }, (_, number) => `w${number}`).join(' ');
    for (const fuzzy of [false, true])
      expect(() => indexOf().search(keyword, 10, { fuzzy })).toThrow('a query has at most 24 words');
  });

  it('keeps apart what differs in its limit or in what it forgives, however many are asked', () => {
    const index = indexOf(quote('1', 'alpha'), quote('2', 'alpha'));
    expect(index.search('alpha', 1).ids).toHaveLength(1);
    expect(index.search('alpha', 2).ids).toHaveLength(2);
    expect(index.search('alpa', 2).total).toBe(0);
    expect(index.search('alpa', 2, { fuzzy: true }).total).toBe(2);
    for (let number = 0; number < 10_000; number++) expect(index.search(`w${number % 5_000}`, 1).total).toBe(0);
    expect(index.search('alpha', 2).ids).toHaveLength(2);
  });

  it('knows when building anew pays', () => {
    const index = new QuoteIndex();
    for (let round = 0; round < 10_002; round++) index.put(quote('same', 'word'));
    expect(index.wornOut).toBe(false);
    index.put(quote('same', 'word'));
    expect(index.wornOut).toBe(true);
  });

  it('gives the best few of many, and the number of all', () => {
    const index = new QuoteIndex();
    for (let number = 0; number < 3000; number++)
      index.put(quote(`q${number}`, number === 2345 ? 'word word' : `word and w${number}`));
    const found = index.search('word', 5);
    expect(found.ids).toHaveLength(5);
    expect(found.ids[0]).toBe('q2345');
    expect(found.total).toBe(3000);
  });

  it('gives of a very frequent word the same best quotes with its champions as without', async () => {
    const index = new QuoteIndex();
    for (let number = 0; number < 20_000; number++)
      index.put(quote(`q${number}`, `word ${'filling '.repeat(number % 40)}${number === 19_000 ? 'word word' : ''}`));
    const before = index.search('word', 50);
    await index.settle();
    expect(index.search('word', 50)).toEqual(before);
    expect(before.ids[0]).toBe('q19000');
    expect(before.total).toBe(20_000);
    index.remove('q19000');
    index.put(quote('later', 'word word word'));
    expect(index.search('word', 1).ids).toEqual(['later']);
    expect(index.search('word filling', 1).total).toBeGreaterThan(15_000);
  });

  it('finds others when those that a very frequent word mattered most to are gone', async () => {
    const index = new QuoteIndex();
    for (let number = 0; number < 6_000; number++) index.put(quote(`q${number}`, 'word'));
    await index.settle();
    for (let number = 0; number < 2_000; number++) index.remove(`q${number}`);
    const found = index.search('word', 10);
    expect(found.ids).toHaveLength(10);
    expect(found.total).toBe(4_000);
  });

  it('counts every word of a query, and refuses more than it can count', () => {
    const index = indexOf(quote('1', 'one two three four five six seven eight'));
    expect(index.search('one two three four five six seven eight', 10).total).toBe(1);
    expect(index.search('one two three four five six seven eight nine', 10).total).toBe(0);
    expect(() => index.search(Array.from({ length: 25 }, (_, number) => `w${number}`).join(' '), 10)).toThrow(
      RangeError,
    );
  });

  it('tells documents, not occurrences, of a word that begins very many others, with bounded work', async () => {
    const index = new QuoteIndex();
    const documents = 8_000;
    for (let number = 0; number < documents; number++) {
      const words = Array.from({ length: 20 }, (_, place) => `pre${(number * 20 + place) % 90_000}`);
      index.put(quote(`q${number}`, `${words.join(' ')} ${number % 400 === 0 ? 'rare' : ''}`));
    }
    await index.settle();
    const broad = index.search('pre', 10);
    expect(broad.exact).toBe(false);
    expect(broad.ids).toHaveLength(10);
    expect(broad.total).toBeGreaterThan(documents / 2);
    expect(broad.total).toBeLessThanOrEqual(documents);
    expect(index.search('pre rare', 50)).toMatchObject({ total: 20, exact: true });
    expect(index.search('pre89999', 10)).toMatchObject({ exact: true });
  });

  it('counts exactly where words of one beginning meet in a document', () => {
    const index = new QuoteIndex();
    for (let number = 0; number < 3_000; number++) index.put(quote(`q${number}`, 'word wording wordy'));
    index.remove('q0');
    expect(index.search('wor', 5)).toMatchObject({ total: 2_999, exact: true });
  });

  it('misses no quote of two frequent words that rarely meet', () => {
    const index = new QuoteIndex();
    const half = 140_000;
    for (let number = 0; number < half; number++) index.put(quote(`a${number}`, 'north', 'x'));
    for (let number = 0; number < half; number++) index.put(quote(`b${number}`, 'south', 'x'));
    index.put(quote('both', 'north south', 'x'));
    expect(index.search('north south', 10)).toEqual({ ids: ['both'], total: 1, exact: true });
    expect(index.search('south', 10).ids).toHaveLength(10);
  });
});

describe('the index of stored quotes', () => {
  const stored = (one: object) => Buffer.from(JSON.stringify({ revision: '0123456789ab', ...one }));
  const piece = fc.constantFrom(
    'amour',
    'Été',
    'œuvre',
    '"',
    '\\',
    '\n',
    '’',
    'Любовь',
    'e\u0301t',
    '愛',
    ' ',
    '😀',
    '2',
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));

  it('finds what an index of the same quotes finds, however they are written', () => {
    const quotes = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), text, author: text }), { maxLength: 6 });
    fc.assert(
      fc.property(quotes, text, (all, keyword) => {
        const index = new QuoteIndex();
        for (const one of all) index.putStored(stored({ ...one, language: 'fr', createdAt: 'x' }));
        expect(index.search(keyword, 10)).toEqual(indexOf(...all).search(keyword, 10));
        expect(index.size).toBe(new Set(all.map(({ id }) => id)).size);
      }),
      { numRuns: 300 },
    );
  });

  it('reads fields in another order too', () => {
    const index = new QuoteIndex();
    index.putStored(Buffer.from(JSON.stringify({ id: 'x', author: 'Someone', text: 'alpha' })));
    index.putStored(stored({ id: 'y', author: 'Someone', text: 'alpha' }));
    expect(index.search('alpha someone', 10).ids).toEqual(['x', 'y']);
  });
});
