import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlight } from './highlight.ts';

const marked = (text: string, keyword: string) =>
  highlight(text, keyword)
    .filter((stretch) => stretch.marked)
    .map((stretch) => stretch.text);

describe('marking what a search found', () => {
  it('marks words without regard to accents and capitals', () => {
    expect(marked('Liberté, ÉGALITÉ, fraternité', 'egalite LIBERTE')).toEqual(['Liberté', 'ÉGALITÉ']);
  });

  it('marks a word whose beginning was looked for, and no other', () => {
    expect(marked('dreams and daydreams', 'dream')).toEqual(['dreams']);
  });

  it('knows that œ is written oe', () => {
    expect(marked('Le cœur a ses raisons', 'coeur')).toEqual(['cœur']);
  });

  it.each([
    ['the ﬁnal oﬃce', 'final office', ['ﬁnal', 'oﬃce']],
    ['Ｈｅｌｌｏ you', 'hello', ['Ｈｅｌｌｏ']],
    ['tre\u00admendous', 'tremendous', ['tre\u00admendous']],
    ['吾輩は猫である', '猫', ['猫']],
    ['吾輩は猫である。', '猫である', ['猫である']],
    ['来る人は猫である', '猫である', ['猫である']],
    ['ความสำเร็จอยู่ที่นั่น', 'ความสำเร็จ', ['ความสำเร็จ']],
    ['Ὀδυσσεύς', 'ΟΔΥΣΣΕΥΣ', ['Ὀδυσσεύς']],
  ])('marks what the search finds in: %s', (text, keyword, expected) => {
    expect(marked(text, keyword)).toEqual(expected);
  });

  it('marks nothing without a word to look for', () => {
    expect(highlight('What?', ' ?! ')).toEqual([{ text: 'What?', marked: false }]);
  });

  it('never changes the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, keyword) => {
        expect(
          highlight(text, keyword)
            .map((stretch) => stretch.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
