import fc from 'fast-check';
import { expect, it } from 'vitest';
import { beginningOf } from './graphemes.ts';

it('cuts between what people see as characters', () => {
  expect(beginningOf('abc', 2)).toBe('ab');
  expect(beginningOf('abc', 3)).toBe('abc');
  expect(beginningOf('e\u0301e\u0301', 3)).toBe('e\u0301');
  expect(beginningOf('a👩‍👩‍👧b', 4)).toBe('a');
  expect(beginningOf('🇫🇷🇬🇧', 6)).toBe('🇫🇷');
});

it('is a beginning that is never too long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, length) => {
      const beginning = beginningOf(text, length);
      expect(beginning.length).toBeLessThanOrEqual(length);
      expect(text.startsWith(beginning)).toBe(true);
    }),
  );
});
