import { describe, expect, it } from 'vitest';
import { NewQuote } from '../src/api/quote.ts';
import { SEED_QUOTES } from './quotes.ts';

describe('the seed', () => {
  it('holds at least sixty quotes, at least twenty-five of each language', () => {
    expect(SEED_QUOTES.length).toBeGreaterThanOrEqual(60);
    for (const language of ['fr', 'en']) {
      expect(SEED_QUOTES.filter((quote) => quote.language === language).length).toBeGreaterThanOrEqual(25);
    }
  });

  it('names every quote and every text once', () => {
    expect(new Set(SEED_QUOTES.map((quote) => quote.id)).size).toBe(SEED_QUOTES.length);
    expect(new Set(SEED_QUOTES.map((quote) => quote.text)).size).toBe(SEED_QUOTES.length);
  });

  it('uses ids that stand in an address without escaping', () => {
    expect(SEED_QUOTES.map((quote) => quote.id).filter((id) => encodeURIComponent(id) !== id)).toEqual([]);
    expect(SEED_QUOTES.map((quote) => quote.id).filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
  });

  it('gives every quote an author and a source, and no straight apostrophes', () => {
    for (const quote of SEED_QUOTES) {
      expect(quote.author, quote.id).not.toBe('');
      expect(quote.source, quote.id).not.toBe('');
      expect(`${quote.text}${quote.source}`, quote.id).not.toMatch(/['"]|\s{2}/);
    }
  });

  it('shows both languages on the first page', () => {
    const listed = SEED_QUOTES.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(new Set(listed.slice(0, 10).map((quote) => quote.language))).toEqual(new Set(['fr', 'en']));
  });

  it('fits what the quotes service takes', () => {
    expect(SEED_QUOTES.filter((quote) => !NewQuote.safeParse(quote).success)).toEqual([]);
  });
});
