import { describe, expect, it } from 'vitest';
import { sizeClass, typeset } from './quote-parts.tsx';

describe('the size of a quote that has the page to itself', () => {
  it.each([
    [1, 'short'],
    [70, 'short'],
    [71, 'medium'],
    [150, 'medium'],
    [151, 'long'],
    [2000, 'long'],
  ])('of %i characters is %s', (length, size) => {
    expect(sizeClass('x'.repeat(length))).toBe(size);
  });
});

describe('setting a text', () => {
  it('keeps a French sign on the line of its word, behind a narrow space', () => {
    expect(typeset('Mais où sont les neiges d’antan ?')).toBe('Mais où sont les neiges d’antan\u202f?');
    expect(typeset('« Oui ; non »')).toBe('«\u202fOui\u202f; non\u202f»');
  });

  it('leaves English alone', () => {
    expect(typeset('To be, or not to be? Yes: to be!')).toBe('To be, or not to be? Yes: to be!');
  });
});
