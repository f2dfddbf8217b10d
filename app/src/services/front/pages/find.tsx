import * as z from 'zod';
import { type Route, route } from '../../../http/route.ts';
import type { Quote } from '../calls/quotes-api.ts';
import { SearchForm } from '../forms.tsx';
import { Layout, type NoticeText, sendPage } from '../layout.tsx';
import { ROUTES } from '../links.ts';
import { askAgain, isNotice, orNotice } from '../outages.ts';
import { QuoteList } from '../quote-parts.tsx';
import { useView } from '../view.ts';
import { type FrontKit, traceOf } from '../visits.ts';

/** Most results of a search: who needs more has asked too little. */
const LIMIT = 30;

/** The search form, and below it what was found. */
export function findRoute(kit: FrontKit): Route {
  return route({
    method: 'GET',
    path: ROUTES.find,
    internal: true,
    summary: 'Search',
    query: z.object({ keyword: z.string().default('') }),
    responses: { 200: { description: 'A page' } },
    async handle(ctx, { query }) {
      const view = await kit.visits.of(ctx);
      const keyword = query.keyword.trim();
      if (keyword === '') return await sendPage(ctx, view, <FindPage keyword="" />);
      const found = await orNotice(kit.quotes.find({ keyword, limit: LIMIT }, traceOf(ctx)), view);
      if (!isNotice(found)) return await sendPage(ctx, view, <FindPage keyword={keyword} quotes={found} />);
      askAgain(ctx);
      await sendPage(ctx, view, <FindPage keyword={keyword} notice={found} />, 503);
    },
  });
}

interface FindPageProps {
  readonly keyword: string;
  /** Best first. @default - nothing was looked for, or the service is down */
  readonly quotes?: readonly Quote[];
  readonly notice?: NoticeText;
}

/** The search and what it found. */
function FindPage({ keyword, quotes, notice }: FindPageProps) {
  const { find } = useView().t;
  const title = keyword === '' ? find.title : find.wanted(keyword);
  return (
    <Layout head={{ title, description: find.description, path: ROUTES.find }} notice={notice}>
      <h1>{find.title}</h1>
      <div class="measure">
        <SearchForm keyword={keyword} />
      </div>
      {quotes === undefined ? <p class="hint">{find.hint}</p> : <Results keyword={keyword} quotes={quotes} />}
    </Layout>
  );
}

function Results({ keyword, quotes }: { readonly keyword: string; readonly quotes: readonly Quote[] }) {
  const { t, language } = useView();
  if (quotes.length === 0) return <Nothing keyword={keyword} />;
  const found = new Intl.NumberFormat(language).format(quotes.length);
  const plural = new Intl.PluralRules(language).select(quotes.length);
  return (
    <>
      <p class="hint" role="status">
        {quotes.length >= LIMIT ? t.find.best(found) : t.find.count(found, plural)}
      </p>
      <QuoteList quotes={quotes} keyword={keyword} />
    </>
  );
}

function Nothing({ keyword }: { readonly keyword: string }) {
  const { nothing, advice } = useView().t.find;
  return (
    <div class="empty" role="status">
      <p>
        {nothing[0]}
        <bdi>{keyword}</bdi>
        {nothing[1]}
      </p>
      <p class="soft">
        {advice[0]}
        <a href={ROUTES.browse}>{advice[1]}</a>
        {advice[2]}
      </p>
    </div>
  );
}
