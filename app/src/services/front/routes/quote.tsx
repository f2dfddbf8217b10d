import * as z from 'zod';
import { HttpProblem, unavailable } from '../../../http/problem.ts';
import { type HttpContext, type Route, route } from '../../../http/route.ts';
import type { NoticeText } from '../components/notice.tsx';
import { type FrontKit, traceOf } from '../front-kit.ts';
import { ROUTES } from '../links.ts';
import { isNotice, orNotice, RETRY_AFTER_S } from '../outages.ts';
import { QuotePage } from '../pages/quote.tsx';
import type { Quote } from '../quote.ts';
import { sendPage } from '../send-page.ts';

const ADVICE = 'The search finds it within a second.';
const NOTICES: Readonly<Record<string, NoticeText>> = {
  added: { kind: 'good', text: 'The quote has been added.', advice: ADVICE },
  edited: { kind: 'good', text: 'The quote has been changed.', advice: ADVICE },
};

/** `.` and `..` would lead out of the API's path, and `random` is a path of its own there. */
export const idParams = z.object({
  id: z.string().regex(/^(?!\.{1,2}$|random$).{1,200}$/, { error: 'is no id of a quote' }),
});

/**
 * The quote of an address.
 * @throws HttpProblem 404 when there is none, 503 when the service is down
 */
export async function quoteOf(kit: FrontKit, ctx: HttpContext, id: string): Promise<Quote> {
  const quote = await orNotice(kit.quotes.get(id, traceOf(ctx)));
  if (quote === undefined)
    throw new HttpProblem(404, { detail: 'There is no quote at this address; it may have been removed.' });
  if (isNotice(quote)) throw unavailable(quote.text, RETRY_AFTER_S);
  return quote;
}

/** A quote at its own address. */
export function quoteRoute(kit: FrontKit): Route {
  return route({
    method: 'GET',
    path: ROUTES.quote,
    internal: true,
    summary: 'One quote',
    params: idParams,
    query: z.object({ done: z.string().optional() }),
    responses: { 200: { description: 'A page' } },
    async handle(ctx, { params, query }) {
      const quote = await quoteOf(kit, ctx, params.id);
      const notice = NOTICES[query.done ?? ''];
      await sendPage(ctx, <QuotePage site={kit.site} quote={quote} notice={notice} />);
    },
  });
}
