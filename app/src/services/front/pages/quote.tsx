import * as z from 'zod';
import type { HttpContext, Route } from '../../../http/route.ts';
import { beginningOf } from '../../../text/graphemes.ts';
import type { Quote } from '../calls/quotes-api.ts';
import { Layout, type NoticeText, sendPage } from '../layout.tsx';
import { browseLink, editLink, quoteLink, ROUTES, removeLink } from '../links.ts';
import { isNotice, orNotice, RETRY_AFTER_S } from '../outages.ts';
import { pageRoute } from '../page-routes.ts';
import { QuoteHero } from '../quote-parts.tsx';
import { PageProblem, useView, type View } from '../view.ts';
import { type FrontKit, traceOf } from '../visits.ts';

/** `.` and `..` would lead out of the API's path, and `random` is a path of its own there. */
export const idParams = z.object({
  id: z.string().regex(/^(?!\.{1,2}$|random$).{1,200}$/, { error: 'is no id of a quote' }),
});

/**
 * The quote of an address.
 * @throws PageProblem 404 when there is none, 503 when the service is down
 */
export async function quoteOf(kit: FrontKit, ctx: HttpContext, id: string): Promise<Quote> {
  const view = await kit.visits.of(ctx);
  const quote = await orNotice(kit.quotes.get(id, traceOf(ctx)), view);
  if (quote === undefined) throw new PageProblem(404, { detail: view.t.quote.none });
  if (!isNotice(quote)) return quote;
  throw new PageProblem(503, { detail: quote.text, headers: { 'Retry-After': String(RETRY_AFTER_S) } });
}

export function quoteRoute(kit: FrontKit): Route {
  return pageRoute({
    path: ROUTES.quote,
    summary: 'One quote',
    params: idParams,
    query: z.object({ done: z.string().optional() }),
    async handle(ctx, { params, query }) {
      const quote = await quoteOf(kit, ctx, params.id);
      const view = kit.visits.known(ctx);
      await sendPage(ctx, view, <QuotePage quote={quote} notice={noticeOf(query.done, view)} />);
    },
  });
}

/** What the address says was just done. */
function noticeOf(done: string | undefined, { t: { quote } }: View): NoticeText | undefined {
  if (done !== 'added' && done !== 'edited') return undefined;
  return { kind: 'good', text: quote[done], advice: quote.searchSoon };
}

/** Longest stretch of a quote that names its page. */
const TITLE_LENGTH = 60;

function QuotePage({ quote, notice }: { readonly quote: Quote; readonly notice: NoticeText | undefined }) {
  const { t, language } = useView();
  const start = quote.text.length > TITLE_LENGTH ? `${beginningOf(quote.text, TITLE_LENGTH).trimEnd()}…` : quote.text;
  const head = {
    title: `${quote.author}: ${start}`,
    description: `${quote.text} – ${quote.author}`,
    path: quoteLink(quote.id),
  };
  return (
    <Layout head={head} notice={notice}>
      <h1 class="hidden">{t.quote.of(quote.author)}</h1>
      <QuoteHero quote={quote}>
        <a href={ROUTES.browse}>{t.quote.all}</a>
        <a href={browseLink({ author: quote.author, trail: [] })}>{t.quote.more}</a>
        <a href={ROUTES.home}>{t.quote.random}</a>
        <a href={editLink(quote.id)}>{t.quote.edit}</a>
        <a href={removeLink(quote.id)}>{t.quote.remove}</a>
      </QuoteHero>
      {quote.createdAt && (
        <p class="hint">
          <time dateTime={quote.createdAt}>{t.quote.since(dateIn(language, quote.createdAt))}</time>
        </p>
      )}
    </Layout>
  );
}

/** A day in words; in the zone of the server's clock it would be another one on each machine. */
function dateIn(language: string, instant: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(instant));
}
