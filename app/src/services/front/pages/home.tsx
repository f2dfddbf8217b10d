import { Layout } from '../components/layout.tsx';
import type { NoticeText } from '../components/notice.tsx';
import { Notice } from '../components/notice.tsx';
import { QuoteHero } from '../components/quote-hero.tsx';
import { SearchForm } from '../components/search-form.tsx';
import { type HealthLine, ServiceHealth } from '../components/service-health.tsx';
import { quoteLink, ROUTES } from '../links.ts';
import type { Quote } from '../quote.ts';
import type { Site } from '../site.ts';

export interface HomePageProps {
  readonly site: Site;
  /** A random quote; undefined when the store is empty; a notice when the service is down. */
  readonly quote: Quote | NoticeText | undefined;
  readonly health: readonly HealthLine[];
}

/** One quote, the search, and how the platform is. */
export function HomePage({ site, quote, health }: HomePageProps) {
  const description =
    'A small library of quotations in French and English: one at random, all of them to browse, and a search.';
  return (
    <Layout site={site} head={{ description, path: ROUTES.home }}>
      <h1 class="hidden">
        {site.title} – {site.environment}
      </h1>
      <Welcome quote={quote} />
      <div class="lower">
        <section aria-labelledby="look">
          <h2 id="look">Look for words</h2>
          <SearchForm />
        </section>
        <section aria-labelledby="health">
          <h2 id="health">The services</h2>
          <ServiceHealth lines={health} />
        </section>
      </div>
    </Layout>
  );
}

function Welcome({ quote }: Pick<HomePageProps, 'quote'>) {
  if (quote === undefined) {
    return (
      <div class="empty">
        <p>There is no quote here yet.</p>
        <p class="actions">
          <a class="button" href={ROUTES.add}>
            Add the first one
          </a>
        </p>
      </div>
    );
  }
  if ('kind' in quote) return <Notice {...quote} />;
  return (
    <QuoteHero quote={quote}>
      <a class="button" href={ROUTES.home}>
        Another quote
      </a>
      <a href={quoteLink(quote.id)}>Keep this one</a>
    </QuoteHero>
  );
}
