import { highlight } from '../highlight.ts';
import { quoteLink } from '../links.ts';
import type { Quote } from '../quote.ts';
import { typeset } from '../typeset.ts';
import { QuoteCaption } from './quote-caption.tsx';

export interface QuoteListProps {
  readonly quotes: readonly Quote[];
  /** Words of a search, marked where they stand in a text. @default - none */
  readonly keyword?: string;
}

/** Quotes one under the other, each a link to its own page. */
export function QuoteList({ quotes, keyword = '' }: QuoteListProps) {
  return (
    <ul class="list">
      {quotes.map((quote) => (
        <li key={quote.id}>
          <figure dir="auto">
            <blockquote class="words" lang={quote.language ?? undefined}>
              <a class="whole" href={quoteLink(quote.id)}>
                {highlight(typeset(quote.text), keyword).map(({ text, marked }, index) =>
                  marked ? <mark key={index}>{text}</mark> : text,
                )}
              </a>
            </blockquote>
            <QuoteCaption quote={quote} />
          </figure>
        </li>
      ))}
    </ul>
  );
}
