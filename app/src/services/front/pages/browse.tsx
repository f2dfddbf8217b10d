import * as z from 'zod';
import { type HttpContext, type Route, route } from '../../../http/route.ts';
import { RefusedError } from '../calls/policies.ts';
import type { Quote, QuotePageData } from '../calls/quotes-api.ts';
import { Layout, type NoticeText, sendPage } from '../layout.tsx';
import { browseLink, nextPage, type PageAddress, previousPage, ROUTES } from '../links.ts';
import { askAgain, isNotice, orNotice } from '../outages.ts';
import { QuoteList } from '../quote-parts.tsx';
import { PageProblem, useView, type View } from '../view.ts';
import { type FrontKit, traceOf } from '../visits.ts';
import { Empty } from './home.tsx';

/** Quotes on a page: two or three screens. */
const PAGE_SIZE = 20;

const querySchema = z.object({
  after: z.string().max(500).optional(),
  trail: z.string().max(2_000).default(''),
  done: z.string().optional(),
});

/** All quotes, a page at a time. */
export function browseRoute(kit: FrontKit): Route {
  return route({
    method: 'GET',
    path: ROUTES.browse,
    internal: true,
    summary: 'All quotes, a page at a time',
    query: querySchema,
    responses: { 200: { description: 'A page' } },
    async handle(ctx, { query }) {
      const view = await kit.visits.of(ctx);
      const here = { after: query.after, trail: query.trail.split('.').filter((cursor) => cursor !== '') };
      const answer = await orNotice(pageAt(kit, ctx, { view, here }), view);
      if (isNotice(answer)) {
        askAgain(ctx);
        await sendPage(ctx, view, <BrowsePage here={here} notice={answer} />, 503);
        return;
      }
      const notice = query.done === 'removed' ? ({ kind: 'good', text: view.t.browse.removed } as const) : undefined;
      const next = answer.next ?? undefined;
      await sendPage(ctx, view, <BrowsePage quotes={answer.items} next={next} here={here} notice={notice} />);
    },
  });
}

/** @throws PageProblem 404 for an address that we never made */
async function pageAt(
  kit: FrontKit,
  ctx: HttpContext,
  { view, here: { after } }: { readonly view: View; readonly here: PageAddress },
): Promise<QuotePageData> {
  try {
    return await kit.quotes.page({ after, limit: PAGE_SIZE }, traceOf(ctx));
  } catch (error) {
    if (after === undefined || !(error instanceof RefusedError)) throw error;
    throw new PageProblem(404, { detail: view.t.browse.noPage, cause: error });
  }
}

interface BrowsePageProps {
  /** @default - the service is down, as the notice says */
  readonly quotes?: readonly Quote[];
  /** Where the next page begins. @default - this is the last page */
  readonly next?: string | undefined;
  /** Which page this is. */
  readonly here: PageAddress;
  readonly notice?: NoticeText | undefined;
}

function BrowsePage({ quotes, next, here, notice }: BrowsePageProps) {
  const { browse } = useView().t;
  const first = here.after === undefined;
  const head = { title: browse.title, description: browse.description, path: ROUTES.browse, indexed: first };
  return (
    <Layout head={head} notice={notice}>
      <h1>{browse.heading}</h1>
      {quotes !== undefined && quotes.length > 0 && <QuoteList quotes={quotes} />}
      {quotes?.length === 0 && (first ? <Empty /> : <p class="empty">{browse.nothingFurther}</p>)}
      {(!first || next !== undefined) && <Pages here={here} next={next} />}
    </Layout>
  );
}

function Pages({ here, next }: Pick<BrowsePageProps, 'here' | 'next'>) {
  const { browse } = useView().t;
  const previous = previousPage(here);
  return (
    <nav class="pages" aria-label={browse.pages}>
      {here.after === undefined ? <span /> : <a href={browseLink()}>{browse.beginning}</a>}
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
