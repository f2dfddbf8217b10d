import fc from 'fast-check';
import MiniSearch from 'minisearch';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../text/words.ts';
import { QuoteIndex } from './quote-index.ts';
import type { Indexed } from './stored-fields.ts';

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
    const quotes = ['time is money', 'time after time', 'money money money', 'nothing'].map((line, id) => ({
      id: `${id}`,
      text: line,
      author: '-',
    }));
    for (const one of quotes) {
      index.put(one);
      oracle.add(one);
    }
    for (const keyword of ['time', 'money', 'nothing']) {
      expect(index.search(keyword, 1).ids[0]).toBe(oracle.search(keyword)[0]?.id);
    }
  });
});
