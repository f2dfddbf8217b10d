import * as z from 'zod';
import { HttpProblem } from '../../../http/problem.ts';
import { type Route, route } from '../../../http/route.ts';
import { RefusedError } from '../calls/call-error.ts';
import type { QuotePageData } from '../calls/quotes-api.ts';
import type { TraceHeaders } from '../calls/service-client.ts';
import type { NoticeText } from '../components/notice.tsx';
import { type FrontKit, traceOf } from '../front-kit.ts';
import { ROUTES } from '../links.ts';
import { askAgain, isNotice, orNotice } from '../outages.ts';
import { BrowsePage } from '../pages/browse.tsx';
import { sendPage } from '../send-page.ts';

/** Quotes on a page: two or three screens. */
const PAGE_SIZE = 20;

const querySchema = z.object({
  after: z.string().max(500).optional(),
  trail: z.string().max(2_000).default(''),
  done: z.string().optional(),
});

const REMOVED: NoticeText = { kind: 'good', text: 'The quote has been removed.' };

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
      const here = { after: query.after, trail: query.trail.split('.').filter((cursor) => cursor !== '') };
      const answer = await orNotice(pageAfter(kit, query.after, traceOf(ctx)));
      if (isNotice(answer)) {
        askAgain(ctx);
        await sendPage(ctx, <BrowsePage site={kit.site} here={here} notice={answer} />, 503);
        return;
      }
      const notice = query.done === 'removed' ? REMOVED : undefined;
      const next = answer.next ?? undefined;
      await sendPage(ctx, <BrowsePage site={kit.site} quotes={answer.items} next={next} here={here} notice={notice} />);
    },
  });
}

/** @throws HttpProblem 404 for an address that we never made */
async function pageAfter(kit: FrontKit, after: string | undefined, trace: TraceHeaders): Promise<QuotePageData> {
  try {
    return await kit.quotes.page({ after, limit: PAGE_SIZE }, trace);
  } catch (error) {
    if (after === undefined || !(error instanceof RefusedError)) throw error;
    const detail = 'No page of the list begins here.';
    throw new HttpProblem(404, { detail, cause: error });
  }
}
