import { describe, expect, it } from 'vitest';
import { sizeClass } from './quote.ts';

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
