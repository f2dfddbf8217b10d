import { KeyField } from '../components/key-field.tsx';
import { Layout } from '../components/layout.tsx';
import type { NoticeText } from '../components/notice.tsx';
import { QuoteCaption } from '../components/quote-caption.tsx';
import { quoteLink, removeLink } from '../links.ts';
import type { Quote } from '../quote.ts';
import type { Site } from '../site.ts';
import { typeset } from '../typeset.ts';

export interface RemovePageProps {
  readonly site: Site;
  readonly quote: Quote;
  /** What is wrong with the key. @default - nothing */
  readonly keyProblem?: string | undefined;
  readonly notice?: NoticeText | undefined;
}

/** Asks before a quote is removed: what it is, and the key. */
export function RemovePage({ site, quote, keyProblem, notice }: RemovePageProps) {
  const head = {
    title: 'Remove a quote',
    description: 'Remove a quote from the library.',
    path: removeLink(quote.id),
    indexed: false,
  };
  return (
    <Layout site={site} head={head} notice={notice}>
      <div class="measure">
        <h1>Remove this quote?</h1>
        <figure class="empty" dir="auto" lang={quote.language ?? undefined}>
          <blockquote class="words">
            <p>{typeset(quote.text)}</p>
          </blockquote>
          <QuoteCaption quote={quote} />
        </figure>
        <form class="form" action={removeLink(quote.id)} method="post">
          <KeyField problem={keyProblem} />
          <p class="actions">
            <button class="button" type="submit">
              Remove it for good
            </button>
            <a href={quoteLink(quote.id)}>Keep it</a>
          </p>
        </form>
      </div>
    </Layout>
  );
}
