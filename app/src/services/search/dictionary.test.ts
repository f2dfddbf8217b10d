import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dictionary } from './dictionary.ts';
import { KeyTable, NONE } from './key-table.ts';

const put = (dictionary: Dictionary, word: string) => dictionary.put(Buffer.from(word), Buffer.byteLength(word));
const startingWith = (dictionary: Dictionary, prefix: string) =>
  dictionary.startingWith(Buffer.from(prefix)).sort((a, b) => a - b);

describe('the dictionary', () => {
  it('finds words by their beginning, whether sorted in already or not', () => {
    const word = fc.stringMatching(/^[abé]{1,6}$/);
    fc.assert(
      fc.property(fc.uniqueArray(word), fc.uniqueArray(word), word, (early, late, prefix) => {
        const dictionary = new Dictionary();
        const words = [...new Set([...early, ...late])];
        for (const [index, one] of words.entries()) {
          if (index === early.length) dictionary.settle();
          expect(put(dictionary, one)).toBe(index);
        }
        const expected = words.flatMap((one, number) => (one.startsWith(prefix) ? [number] : []));
        expect(startingWith(dictionary, prefix)).toEqual(expected);
        dictionary.settle();
        expect(startingWith(dictionary, prefix)).toEqual(expected);
        expect(dictionary.size).toBe(words.length);
        expect(dictionary.find(Buffer.from(prefix))).toBe(words.indexOf(prefix));
      }),
    );
  });

  it('sorts new words in by itself before they are too many to look through', () => {
    const dictionary = new Dictionary();
    for (let index = 0; index < 20_000; index++) put(dictionary, `word${index}`);
    const tens = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(startingWith(dictionary, 'word1999')).toEqual([1999, ...tens.map((last) => 19_990 + last)]);
    expect(startingWith(dictionary, 'word')).toHaveLength(20_000);
    expect(startingWith(dictionary, 'work')).toEqual([]);
  });
});

describe('a table of keys', () => {
  it('numbers keys in the order in which they come, and knows them again', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 5_000, size: 'max' }), (keys) => {
        const table = new KeyTable();
        const expected = new Map<string, number>();
        for (const key of keys) {
          const name = Buffer.from(key).toString('hex');
          expect(table.find(key, 0, key.length)).toBe(expected.get(name) ?? NONE);
          if (!expected.has(name)) expected.set(name, expected.size);
          expect(table.put(key, 0, key.length)).toBe(expected.get(name));
        }
        expect(table.size).toBe(expected.size);
        for (const [name, number] of expected)
          expect(table.find(Buffer.from(name, 'hex'), 0, name.length / 2)).toBe(number);
      }),
      { numRuns: 20 },
    );
  });

  it('takes a key from the middle of other bytes', () => {
    const table = new KeyTable();
    const bytes = Buffer.from('alpha beta alpha');
    expect([table.put(bytes, 0, 5), table.put(bytes, 6, 10), table.put(bytes, 11, 16)]).toEqual([0, 1, 0]);
    expect([table.text(0), table.text(1)]).toEqual(['alpha', 'beta']);
    expect(table.startsWith(1, Buffer.from('be'))).toBe(true);
    expect(table.startsWith(1, Buffer.from('betas'))).toBe(false);
  });
});
