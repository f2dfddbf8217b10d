import * as z from 'zod';
import type { Route } from '../../../http/route.ts';
import type { FoundQuotes } from '../calls/quotes-api.ts';
import { SearchForm } from '../forms.tsx';
import { Layout, type NoticeText, sendPage } from '../layout.tsx';
import { ROUTES } from '../links.ts';
import { isNotice, orNotice } from '../outages.ts';
import { pageRoute } from '../page-routes.ts';
import { QuoteList } from '../quote-parts.tsx';
import { useView } from '../view.ts';
import { type FrontKit, traceOf } from '../visits.ts';

/** Most results of a search: who needs more has asked too little. */
const LIMIT = 30;

export function findRoute(kit: FrontKit): Route {
  return pageRoute({
    path: ROUTES.find,
    summary: 'Search',
    query: z.object({ keyword: z.string().default('') }),
    async handle(ctx, { query }) {
      const view = await kit.visits.of(ctx);
      const keyword = query.keyword.trim();
      if (keyword === '') return await sendPage(ctx, view, <FindPage keyword="" />);
      const found = await orNotice(kit.quotes.find({ keyword, limit: LIMIT }, traceOf(ctx)), view);
      if (!isNotice(found)) return await sendPage(ctx, view, <FindPage keyword={keyword} found={found} />);
      await sendPage(ctx, view, <FindPage keyword={keyword} notice={found} />, 503);
    },
  });
}

interface FindPageProps {
  readonly keyword: string;
  /** @default - nothing was looked for, or the service is down */
  readonly found?: FoundQuotes;
  readonly notice?: NoticeText;
}

function FindPage({ keyword, found, notice }: FindPageProps) {
  const { find } = useView().t;
  const title = keyword === '' ? find.title : find.wanted(keyword);
  return (
    <Layout head={{ title, description: find.description, path: ROUTES.find }} notice={notice}>
      <h1>{find.title}</h1>
      <div class="measure">
        <SearchForm keyword={keyword} />
      </div>
      {found === undefined ? <p class="hint">{find.hint}</p> : <Results keyword={keyword} found={found} />}
    </Layout>
  );
}

function Results({ keyword, found }: { readonly keyword: string; readonly found: FoundQuotes }) {
  const { t, language } = useView();
  const { items, corrected } = found;
  if (items.length === 0) return <Nothing keyword={keyword} />;
  const number = new Intl.NumberFormat(language).format(items.length);
  const plural = new Intl.PluralRules(language).select(items.length);
  return (
    <>
      <p class="hint" role="status">
        {corrected !== undefined && (
          <>
            {t.find.corrected[0]}
            <bdi>{keyword}</bdi>
            {t.find.corrected[1]}
            <bdi>{corrected}</bdi>
            {t.find.corrected[2]}{' '}
          </>
        )}
        {items.length >= LIMIT ? t.find.best(number) : t.find.count(number, plural)}
      </p>
      <QuoteList quotes={items} keyword={corrected ?? keyword} />
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
