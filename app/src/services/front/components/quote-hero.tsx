import type { ComponentChildren } from 'preact';
import { type Quote, sizeClass } from '../quote.ts';
import { typeset } from '../typeset.ts';
import { QuoteCaption } from './quote-caption.tsx';

export interface QuoteHeroProps {
  readonly quote: Quote;
  /** Links and buttons below the caption. @default - none */
  readonly children?: ComponentChildren;
}

/** A quote that has the page to itself; its size follows its length. */
export function QuoteHero({ quote, children }: QuoteHeroProps) {
  return (
    <figure class={`hero ${sizeClass(quote.text)}`} dir="auto" lang={quote.language ?? undefined}>
      <blockquote>
        <p>{typeset(quote.text)}</p>
      </blockquote>
      <QuoteCaption quote={quote} />
      {children && (
        <div class="actions" dir="ltr" lang="en">
          {children}
        </div>
      )}
    </figure>
  );
}
