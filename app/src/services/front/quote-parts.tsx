import type { ComponentChildren } from 'preact';
import type { Quote } from './calls/quotes-api.ts';
import { highlight } from './highlight.ts';
import { quoteLink } from './links.ts';
import { useView } from './view.ts';

/** Length in characters up to which a quote still looks well in the largest and in the middle size. */
const SHORT = 70;
const MEDIUM = 150;

/** The style in which a quote is set when it has the page to itself. */
export function sizeClass(text: string): 'short' | 'medium' | 'long' {
  if (text.length <= SHORT) return 'short';
  return text.length <= MEDIUM ? 'medium' : 'long';
}

/** A space before one of these is French, and must be narrow and never break the line. */
const BEFORE_SIGN = / (?=[?!;:»])/g;
const AFTER_QUOTE = /(?<=«) /g;

/** A text as a typesetter would set it; only spaces change. */
export function typeset(text: string): string {
  return text.replace(BEFORE_SIGN, '\u202f').replace(AFTER_QUOTE, '\u202f');
}

/** Author and, where it is known, the work. */
export function QuoteCaption({ quote }: { readonly quote: Quote }) {
  return (
    <figcaption>
      <span class="author" dir="auto">
        {quote.author}
      </span>
      {quote.source && (
        <>
          ,{' '}
          <cite class="source" dir="auto" lang={quote.language ?? undefined}>
            {quote.source}
          </cite>
        </>
      )}
    </figcaption>
  );
}

export interface QuoteHeroProps {
  readonly quote: Quote;
  /** Links and buttons below the caption. */
  readonly children: ComponentChildren;
}

/** A quote that has the page to itself; its size follows its length. */
export function QuoteHero({ quote, children }: QuoteHeroProps) {
  return (
    <figure class={`hero ${sizeClass(quote.text)}`} dir="auto" lang={quote.language ?? undefined}>
      <blockquote>
        <p>{typeset(quote.text)}</p>
      </blockquote>
      <QuoteCaption quote={quote} />
      <div class="actions" dir="ltr" lang={useView().language}>
        {children}
      </div>
    </figure>
  );
}

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
