import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuoteIndex } from './quote-index.ts';
import type { Indexed } from './stored-fields.ts';

const quote = (id: string, author: string, language?: string): Indexed => ({ id, text: 'x', author, language });

function indexOf(...quotes: Indexed[]): QuoteIndex {
  const index = new QuoteIndex();
  for (const each of quotes) index.put(each);
  return index;
}

/** As it is stored: its fields are then found without parsing. */
function stored({ id, text, author, language }: Indexed): Buffer {
  return Buffer.from(JSON.stringify({ revision: '0123456789ab', id, text, author, source: 'a book', language }));
}

describe('quotes by author and language', () => {
  it('are found however the author is written', () => {
    const index = indexOf(quote('a', 'Antoine de Saint-Exupéry'), quote('b', 'Nobody'), quote('c', 'Λόγος'));
    expect(index.list({ author: 'ANTOINE DE SAINT EXUPERY', limit: 9 }).ids).toEqual(['a']);
    expect(index.list({ author: 'λογοσ', limit: 9 }).ids).toEqual(['c']);
    expect(index.list({ author: 'Saint-Exupéry', limit: 9 }).ids).toEqual([]);
  });

  it('of somebody whose name has no letters are found by that name alone', () => {
    const index = indexOf(quote('a', '🇫🇷'), quote('b', '???'), quote('c', 'Nobody'));
    expect(index.list({ author: '🇫🇷', limit: 9 }).ids).toEqual(['a']);
    expect(index.list({ author: '???', limit: 9 }).ids).toEqual(['b']);
    expect(index.list({ author: '!', limit: 9 }).ids).toEqual([]);
  });

  it('are found by a language and its varieties', () => {
    const index = indexOf(quote('a', 'x', 'fr'), quote('b', 'x', 'fr-CA'), quote('c', 'x', 'fra'), quote('d', 'x'));
    expect(index.list({ language: 'fr', limit: 9 }).ids).toEqual(['a', 'b']);
    expect(index.list({ language: 'fr-CA', limit: 9 }).ids).toEqual(['b']);
    expect(index.list({ author: 'x', limit: 9 }).ids).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are listed once each, in the order of their ids, whatever was added, replaced and removed in whichever order', () => {
    const id = fc.constantFrom('0a', '0b', 'A', 'B-1', 'a', 'aa', 'b', 'z_9');
    const put = fc.record({
      id,
      author: fc.constantFrom('Ada', 'Bob'),
      language: fc.constantFrom('en', 'fr', undefined),
    });
    const change = fc.oneof(put, fc.record({ id }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (changes, limit) => {
        const index = new QuoteIndex();
        const expected = new Map<string, Indexed>();
        for (const one of changes) {
          if ('author' in one) {
            const { id, author, language } = one;
            index.putStored(stored(quote(id, author, language)));
            expected.set(id, quote(id, author, language));
          } else {
            index.remove(one.id);
            expected.delete(one.id);
          }
        }
        const wanted = [...expected.values()].filter(({ author, language }) => author === 'Ada' && language === 'fr');
        const ids = wanted.map(({ id }) => id).sort();
        expect(pages(index, limit)).toEqual(ids);
        const counts = new Map<string, number>();
        for (const { author } of expected.values()) counts.set(author, (counts.get(author) ?? 0) + 1);
        const told = index.shared(9).authors.map(({ value, quotes }) => [value, quotes] as const);
        expect(new Map(told)).toEqual(counts);
      }),
    );
  });

  it('are named by how many have them, most first', () => {
    const index = indexOf(
      quote('a', 'One', 'fr'),
      quote('b', 'Two', 'en'),
      quote('c', 'Two', 'en'),
      quote('d', 'Gone'),
    );
    index.remove('d');
    expect(index.shared(2)).toEqual({
      authors: [
        { value: 'Two', quotes: 2 },
        { value: 'One', quotes: 1 },
      ],
      languages: [
        { value: 'en', quotes: 2 },
        { value: 'fr', quotes: 1 },
      ],
    });
  });

  it('cost a bounded look at every quote where nobody has what is asked for', () => {
    const index = new QuoteIndex();
    for (let count = 0; count < 50_000; count++) index.put(quote(String(count).padStart(8, '0'), 'x', 'en'));
    const started = performance.now();
    expect(index.list({ author: 'y', language: 'en', limit: 50 })).toEqual({ ids: [], more: false });
    expect(performance.now() - started).toBeLessThan(100);
  });
});

/** All ids of Ada's French quotes, page by page. */
function pages(index: QuoteIndex, limit: number): string[] {
  const all: string[] = [];
  for (let more = true; more; ) {
    const page = index.list({ author: 'ADA', language: 'fr', after: all.at(-1), limit });
    all.push(...page.ids);
    more = page.more;
  }
  return all;
}
