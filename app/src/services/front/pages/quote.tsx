import { beginningOf } from '../../../text/graphemes.ts';
import { Layout } from '../components/layout.tsx';
import type { NoticeText } from '../components/notice.tsx';
import { QuoteHero } from '../components/quote-hero.tsx';
import { editLink, quoteLink, ROUTES, removeLink } from '../links.ts';
import type { Quote } from '../quote.ts';
import type { Site } from '../site.ts';

export interface QuotePageProps {
  readonly site: Site;
  readonly quote: Quote;
  readonly notice?: NoticeText | undefined;
}

/** Longest stretch of a quote that names its page. */
const TITLE_LENGTH = 60;

/** A quote at its own address. */
export function QuotePage({ site, quote, notice }: QuotePageProps) {
  const start = quote.text.length > TITLE_LENGTH ? `${beginningOf(quote.text, TITLE_LENGTH).trimEnd()}…` : quote.text;
  const head = {
    title: `${quote.author}: ${start}`,
    description: `${quote.text} – ${quote.author}`,
    path: quoteLink(quote.id),
  };
  return (
    <Layout site={site} head={head} notice={notice}>
      <h1 class="hidden">A quote of {quote.author}</h1>
      <QuoteHero quote={quote}>
        <a href={ROUTES.browse}>All the quotes</a>
        <a href={ROUTES.home}>A random one</a>
        <a href={editLink(quote.id)}>Edit</a>
        <a href={removeLink(quote.id)}>Remove</a>
      </QuoteHero>
    </Layout>
  );
}
