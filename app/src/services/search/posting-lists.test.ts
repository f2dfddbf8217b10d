import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PostingLists } from './posting-lists.ts';

describe('posting lists', () => {
  it('hold what was pushed, in order, however they grow beside each other', () => {
    const pushes = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 2 ** 32 - 1 })), {
      maxLength: 2000,
      size: 'max',
    });
    fc.assert(
      fc.property(pushes, (values) => {
        const lists = new PostingLists();
        const expected: number[][] = Array.from({ length: 6 }, () => []);
        for (let list = 0; list < 6; list++) expect(lists.add()).toBe(list);
        for (const [list, value] of values) {
          lists.push(list, value);
          expected[list]?.push(value);
        }
        const read = expected.map((_, list) => {
          const { page, start, length } = lists.view(list);
          return [...page.subarray(start, start + length)];
        });
        expect(read).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('may be many, and one of them long', () => {
    const lists = new PostingLists();
    for (let list = 0; list < 3000; list++) lists.push(lists.add(), list);
    for (let value = 0; value < 100_000; value++) lists.push(7, value);
    expect(lists.length(7)).toBe(100_001);
    const { page, start } = lists.view(7);
    expect([page[start], page[start + 100_000]]).toEqual([7, 99_999]);
    expect(lists.view(2999).page[lists.view(2999).start]).toBe(2999);
  });
});
