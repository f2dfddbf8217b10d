import { serviceInfo } from '../../../http/common-routes.ts';
import type { Route } from '../../../http/route.ts';
import type { Config } from '../../../runtime/config.ts';
import type { HealthLine } from '../calls/health.ts';
import type { Quote } from '../calls/quotes-api.ts';
import { SearchForm } from '../forms.tsx';
import { Layout, Notice, type NoticeText, sendPage } from '../layout.tsx';
import { quoteLink, ROUTES } from '../links.ts';
import { isNotice, orNotice } from '../outages.ts';
import { pageRoute } from '../page-routes.ts';
import { QuoteHero } from '../quote-parts.tsx';
import { useView } from '../view.ts';
import { type FrontKit, traceOf } from '../visits.ts';

/** For people the home page, for programs what every service says about itself: who accepts anything gets the latter. */
export function homeRoute(kit: FrontKit, about: { readonly config: Config; readonly message: string }): Route {
  return pageRoute({
    path: ROUTES.home,
    summary: 'The home page',
    async handle(ctx) {
      ctx.vary('Accept');
      if (ctx.accepts('json', 'html') !== 'html') {
        ctx.body = serviceInfo(about.config, about.message);
        return;
      }
      const view = await kit.visits.of(ctx);
      // Both at once: what is slow shows up once in the time of the page, not twice.
      const [quote, health] = await Promise.all([orNotice(kit.quotes.random(traceOf(ctx)), view), kit.health()]);
      await sendPage(ctx, view, <HomePage quote={quote} health={health} />);
    },
  });
}

interface HomePageProps {
  /** A random quote; undefined when the store is empty; a notice when the service is down. */
  readonly quote: Quote | NoticeText | undefined;
  readonly health: readonly HealthLine[];
}

/** One quote, the search, and how the platform is. */
function HomePage({ quote, health }: HomePageProps) {
  const { site, t } = useView();
  return (
    <Layout head={{ description: t.home.description, path: ROUTES.home }}>
      <h1 class="hidden">
        {site.title} – {site.environment}
      </h1>
      <Welcome quote={quote} />
      <div class="lower">
        <section aria-labelledby="look">
          <h2 id="look">{t.home.look}</h2>
          <SearchForm />
        </section>
        <section aria-labelledby="health">
          <h2 id="health">{t.home.services}</h2>
          <ServiceHealth lines={health} />
        </section>
      </div>
    </Layout>
  );
}

function Welcome({ quote }: Pick<HomePageProps, 'quote'>) {
  const { home } = useView().t;
  if (quote === undefined) return <Empty />;
  if (isNotice(quote)) return <Notice {...quote} />;
  return (
    <QuoteHero quote={quote}>
      <a class="button" href={ROUTES.home}>
        {home.another}
      </a>
      <a href={quoteLink(quote.id)}>{home.keep}</a>
    </QuoteHero>
  );
}

/** What stands in place of quotes while there is none. */
export function Empty() {
  const { home } = useView().t;
  return (
    <div class="empty">
      <p>{home.empty}</p>
      <p class="actions">
        <a class="button" href={ROUTES.add}>
          {home.addFirst}
        </a>
      </p>
    </div>
  );
}

/** One line a service; shape and words tell the state, not colour alone. */
function ServiceHealth({ lines }: { readonly lines: readonly HealthLine[] }) {
  const { home, outage } = useView().t;
  return (
    <ul class="health">
      {lines.map(({ service, version, failure, reason }) => (
        <li key={service}>
          <span class={version === undefined ? 'dot bad' : 'dot'} aria-hidden="true" />
          <span class="name">{service}</span>
          <span class="state">
            {version === undefined ? home.down : home.up}
            <span class="soft">
              , {version !== undefined && home.version(version)}
              {failure && outage.reason(failure)}
              {reason && <span lang="en">{reason}</span>}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
