import fc from 'fast-check';
import MiniSearch from 'minisearch';
import { describe, expect, it } from 'vitest';
import { type Indexed, QuoteIndex } from './quote-index.ts';
import { wordsOf } from './words.ts';

function indexOf(...quotes: Indexed[]): QuoteIndex {
  const index = new QuoteIndex();
  for (const quote of quotes) index.put(quote);
  return index;
}

const quote = (id: string, text: string, author = 'Nobody'): Indexed => ({ id, text, author });

describe('words', () => {
  it('are lower case and without accents, ligatures and marks', () => {
    expect(wordsOf("L'Œuvre était FINIE — ça suffit! Straße, Łódź")).toEqual([
      'l',
      'oeuvre',
      'etait',
      'finie',
      'ca',
      'suffit',
      'strasse',
      'lodz',
    ]);
  });

  it('are the same for composed and decomposed letters', () => {
    expect(wordsOf('é'.normalize('NFD'))).toEqual(wordsOf('é'.normalize('NFC')));
  });

  it('are found in any text without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => wordsOf(text).every((word) => word.length > 0)));
  });
});

describe('the index', () => {
  it('finds by accents and case left out, and by the beginning of a word', () => {
    const index = indexOf(quote('1', 'Liberté, égalité, fraternité'), quote('2', 'The library of Babel'));
    expect(index.search('LIBERTE', 10).ids).toEqual(['1']);
    expect(index.search('égal', 10).ids).toEqual(['1']);
    expect(index.search('lib', 10).total).toBe(2);
    expect(index.search('babel library', 10).ids).toEqual(['2']);
    expect(index.search('babel egalite', 10)).toEqual({ ids: [], total: 0 });
    expect(index.search('...', 10)).toEqual({ ids: [], total: 0 });
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
    expect(index.search('alpha', 10)).toEqual({ ids: [], total: 0 });
    expect(index.search('beta', 10)).toEqual({ ids: ['2'], total: 1 });
    expect(index.size).toBe(1);
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

  it('misses no quote of two frequent words that rarely meet', () => {
    const index = new QuoteIndex();
    const half = 140_000;
    for (let number = 0; number < half; number++) index.put(quote(`a${number}`, 'north', 'x'));
    for (let number = 0; number < half; number++) index.put(quote(`b${number}`, 'south', 'x'));
    index.put(quote('both', 'north south', 'x'));
    expect(index.search('north south', 10)).toEqual({ ids: ['both'], total: 1 });
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

describe('the index and MiniSearch', () => {
  const word = fc.constantFrom(
    'amour',
    'amitié',
    'ami',
    'vie',
    'vivre',
    'mort',
    'temps',
    'Œuvre',
    'été',
    'a',
    'le',
    'leçon',
  );
  const text = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
  const change = fc.record({ id: fc.constantFrom('1', '2', '3', '4', '5'), text, author: word, gone: fc.boolean() });
  const query = fc.array(fc.oneof(word, fc.constantFrom('am', 'vi', 'l', 'oe', 'xyz')), { minLength: 1, maxLength: 3 });

  it('find the same quotes after any changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), query, (changes, keywords) => {
        const index = new QuoteIndex();
        const oracle = new MiniSearch<Indexed>({
          fields: ['text', 'author'],
          tokenize: wordsOf,
          processTerm: (term) => term,
          searchOptions: { combineWith: 'AND', prefix: (term) => term.length > 1 },
        });
        for (const { gone, ...indexed } of changes) {
          if (oracle.has(indexed.id)) oracle.discard(indexed.id);
          index.remove(indexed.id);
          if (gone) continue;
          oracle.add(indexed);
          index.put(indexed);
        }
        const keyword = keywords.join(' ');
        const expected = oracle.search(keyword).map(({ id }) => id as string);
        const found = index.search(keyword, 10);
        expect([...found.ids].sort()).toEqual(expected.sort());
        expect(found.total).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });

  it('agree on the best quote where one word is searched', () => {
    const index = new QuoteIndex();
    const oracle = new MiniSearch<Indexed>({ fields: ['text'], tokenize: wordsOf, processTerm: (term) => term });
    const quotes = ['time is money', 'time after time', 'money money money', 'nothing'].map((line, id) =>
      quote(`${id}`, line, '-'),
    );
    for (const one of quotes) {
      index.put(one);
      oracle.add(one);
    }
    for (const keyword of ['time', 'money', 'nothing']) {
      expect(index.search(keyword, 1).ids[0]).toBe(oracle.search(keyword)[0]?.id);
    }
  });
});
