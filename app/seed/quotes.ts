import seed from './quotes.json' with { type: 'json' };

/** One quote of the seed: only words in the public domain (the author died more than seventy years ago). */
export interface SeedQuote {
  /** Stable handle, unique over both languages; it becomes the quote's id and so part of its address. */
  readonly id: string;
  /** The words as the author wrote them, in modern spelling where the original predates it. */
  readonly text: string;
  readonly author: string;
  /** The work in which it stands. */
  readonly source: string;
  /** BCP 47 tag of the text: screen readers choose their voice by it. */
  readonly language: 'fr' | 'en';
}

/** What dev shows on its first start, roughly by century. Listings go by id, so the two languages come mixed, by author. */
export const SEED_QUOTES: readonly SeedQuote[] = (['fr', 'en'] as const).flatMap((language) =>
  seed[language].map((quote) => ({ ...quote, language })),
);
