import { expect, it } from 'vitest';
import { seenRevisions } from './if-match.ts';

it('takes every revision that the header lists', () => {
  expect(seenRevisions('"a1"')).toEqual(['a1']);
  expect(seenRevisions('"a1", "b2" ,"c3"')).toEqual(['a1', 'b2', 'c3']);
});

it('takes no header and an asterisk for no condition', () => {
  expect(seenRevisions(undefined)).toBeUndefined();
  expect(seenRevisions(' * ')).toBeUndefined();
});

it('matches nothing by a weak tag, nor by what is no tag', () => {
  expect(seenRevisions('W/"a1"')).toEqual([]);
  expect(seenRevisions('W/"a1", "b2"')).toEqual(['b2']);
  expect(seenRevisions('a1')).toEqual([]);
  expect(seenRevisions('')).toEqual([]);
});
