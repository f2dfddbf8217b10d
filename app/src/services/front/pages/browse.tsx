import * as z from 'zod';
import type { HttpContext, Route } from '../../../http/route.ts';
import { RefusedError } from '../calls/policies.ts';
import type { Filters, Quote, QuotePageData } from '../calls/quotes-api.ts';
import { Layout, type NoticeText, sendPage } from '../layout.tsx';
import { browseLink, nextPage, type PageAddress, previousPage, ROUTES } from '../links.ts';
import { isNotice, orNotice } from '../outages.ts';
import { pageRoute } from '../page-routes.ts';
import { QuoteList } from '../quote-parts.tsx';
import { PageProblem, useView, type View } from '../view.ts';
import { type FrontKit, traceOf } from '../visits.ts';
import { Empty } from './home.tsx';

/** Quotes on a page: two or three screens. */
const PAGE_SIZE = 20;

const querySchema = z.object({
  after: z.string().max(500).optional(),
  trail: z.string().max(2_000).default(''),
  author: given(200),
  language: given(35),
  done: z.string().optional(),
});

/** A field of a form that may stay empty. */
function given(max: number) {
  return z
    .string()
    .max(max)
    .transform((text) => text.trim() || undefined)
    .optional();
}

export function browseRoute(kit: FrontKit): Route {
  return pageRoute({
    path: ROUTES.browse,
    summary: 'All quotes, a page at a time',
    query: querySchema,
    async handle(ctx, { query }) {
      const view = await kit.visits.of(ctx);
      const { author, language, after, trail } = query;
      const here = { author, language, after, trail: trail.split('.').filter((cursor) => cursor !== '') };
      const [answer, filters] = await Promise.all([
        orNotice(pageAt(kit, ctx, { view, here }), view),
        // What may be chosen helps; a list does without.
        kit.quotes.filters(traceOf(ctx)).catch(() => undefined),
      ]);
      if (isNotice(answer)) {
        await sendPage(ctx, view, <BrowsePage here={here} filters={filters} notice={answer} />, 503);
        return;
      }
      const notice = query.done === 'removed' ? ({ kind: 'good', text: view.t.browse.removed } as const) : undefined;
      const next = answer.next ?? undefined;
      const shown = { quotes: answer.items, next, here, filters, notice };
      await sendPage(ctx, view, <BrowsePage {...shown} />);
    },
  });
}

/** @throws PageProblem 404 for an address that we never made */
async function pageAt(
  kit: FrontKit,
  ctx: HttpContext,
  { view, here: { trail: _, ...page } }: { readonly view: View; readonly here: PageAddress },
): Promise<QuotePageData> {
  try {
    return await kit.quotes.page({ ...page, limit: PAGE_SIZE }, traceOf(ctx));
  } catch (error) {
    const isOurs = Object.values(page).every((part) => part === undefined);
    if (isOurs || !(error instanceof RefusedError)) throw error;
    throw new PageProblem(404, { detail: view.t.browse.noPage, cause: error });
  }
}

interface BrowsePageProps {
  /** @default - the service is down, as the notice says */
  readonly quotes?: readonly Quote[];
  /** Where the next page begins. @default - this is the last page */
  readonly next?: string | undefined;
  readonly here: PageAddress;
  /** @default - the search service is down */
  readonly filters?: Filters | undefined;
  readonly notice?: NoticeText | undefined;
}

function BrowsePage({ quotes, next, here, filters, notice }: BrowsePageProps) {
  const { t, language } = useView();
  const { browse } = t;
  const isFirst = here.after === undefined;
  const isAll = here.author === undefined && here.language === undefined;
  const heading = isAll
    ? browse.heading
    : browse.narrowed(here.author, here.language && nameOf(here.language, language));
  const title = isAll ? browse.title : heading;
  const head = { title, description: browse.description, path: ROUTES.browse, indexed: isFirst && isAll };
  return (
    <Layout head={head} notice={notice}>
      <h1>{heading}</h1>
      <FilterForm here={here} filters={filters} />
      {quotes !== undefined && quotes.length > 0 && <QuoteList quotes={quotes} />}
      {quotes?.length === 0 &&
        (isFirst && isAll ? <Empty /> : <p class="empty">{isFirst ? browse.nothing : browse.nothingFurther}</p>)}
      {(!isFirst || next !== undefined) && <Pages here={here} next={next} />}
    </Layout>
  );
}

/** A GET form, as the search is: a narrowed list has an address too. */
function FilterForm({ here, filters }: Pick<BrowsePageProps, 'here' | 'filters'>) {
  const { t, language } = useView();
  const { browse } = t;
  const tags = new Set([
    ...(here.language === undefined ? [] : [here.language]),
    ...valuesOf(filters?.languages, language),
  ]);
  return (
    <form class="filters" action={ROUTES.browse} method="get" aria-label={browse.filters}>
      <label for="author">{browse.author}</label>
      <input
        id="author"
        name="author"
        value={here.author}
        maxLength={200}
        dir="auto"
        list="authors"
        autocomplete="off"
      />
      <datalist id="authors">
        {valuesOf(filters?.authors, language).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label for="language">{browse.language}</label>
      <select id="language" name="language">
        <option value="">{browse.anyLanguage}</option>
        {[...tags].map((tag) => (
          <option key={tag} value={tag} selected={tag === here.language}>
            {nameOf(tag, language)}
          </option>
        ))}
      </select>
      <button class="button" type="submit">
        {browse.narrow}
      </button>
      {(here.author ?? here.language) !== undefined && <a href={browseLink()}>{browse.all}</a>}
    </form>
  );
}

/** In the order of the reader's alphabet. */
function valuesOf(shared: Filters['authors'] | undefined, language: string): readonly string[] {
  return (shared ?? []).map(({ value }) => value).sort((one, other) => one.localeCompare(other, language));
}

function nameOf(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function Pages({ here, next }: Pick<BrowsePageProps, 'here' | 'next'>) {
  const { browse } = useView().t;
  const previous = previousPage(here);
  return (
    <nav class="pages" aria-label={browse.pages}>
      {here.after === undefined ? (
        <span />
      ) : (
        <a href={browseLink({ ...here, after: undefined, trail: [] })}>{browse.beginning}</a>
      )}
      {previous !== undefined && (
        <a href={browseLink(previous)} rel="prev">
          {browse.previous}
        </a>
      )}
      {next !== undefined && (
        <a href={browseLink(nextPage(here, next))} rel="next">
          {browse.next}
        </a>
      )}
    </nav>
  );
}
