import type { Quote } from '../quote.ts';

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
