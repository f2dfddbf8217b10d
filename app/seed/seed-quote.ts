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

/** A line of a data file: handle, text, author, source. */
export type SeedLine = readonly [id: string, text: string, author: string, source: string];

/** Turns the lines of one language's file into quotes. */
export function toQuotes(language: SeedQuote['language'], lines: readonly SeedLine[]): readonly SeedQuote[] {
  return lines.map(([id, text, author, source]) => ({ id, text, author, source, language }));
}
