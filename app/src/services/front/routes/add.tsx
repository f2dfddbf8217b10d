import * as z from 'zod';
import { type HttpContext, type Route, route } from '../../../http/route.ts';
import { RefusedError } from '../calls/call-error.ts';
import type { NoticeText } from '../components/notice.tsx';
import { type FrontKit, traceOf } from '../front-kit.ts';
import { quoteLink, ROUTES } from '../links.ts';
import { askAgain, outageNotice } from '../outages.ts';
import { AddPage, EMPTY_DRAFT, type QuoteDraft } from '../pages/add.tsx';
import { isWrongKey, WRONG_KEY } from '../refusals.ts';
import { sendPage } from '../send-page.ts';

/** Anything is accepted here: the quotes service knows what a quote must be, and its reasons are shown beside the fields. */
const formSchema = z.object({
  text: z.string().default(''),
  author: z.string().default(''),
  source: z.string().default(''),
  language: z.string().default(''),
  key: z.string().default(''),
});

interface Outcome {
  readonly status: number;
  readonly problems: Readonly<Record<string, string>>;
  readonly notice?: NoticeText;
}

/** The empty form. */
export function addFormRoute(kit: FrontKit): Route {
  return route({
    method: 'GET',
    path: ROUTES.add,
    internal: true,
    summary: 'The form for a new quote',
    responses: { 200: { description: 'A page' } },
    handle: (ctx) => sendPage(ctx, <AddPage site={kit.site} draft={EMPTY_DRAFT} problems={{}} />),
  });
}

/** Adds and leads to the new quote, so that a reload adds nothing twice; or shows the form again with the reasons. */
export function addRoute(kit: FrontKit): Route {
  return route({
    method: 'POST',
    path: ROUTES.add,
    internal: true,
    summary: 'Add a quote',
    body: formSchema,
    bodyFormat: 'form',
    responses: { 303: { description: 'Added' } },
    async handle(ctx, { body: { key, ...typed } }) {
      const draft = {
        text: tidy(typed.text),
        author: tidy(typed.author),
        source: tidy(typed.source),
        language: tidy(typed.language),
      };
      const outcome = await add(kit, ctx, { draft, key });
      if (outcome === undefined) return;
      const { status, problems, notice } = outcome;
      await sendPage(ctx, <AddPage site={kit.site} draft={draft} problems={problems} notice={notice} />, status);
    },
  });
}

/** Browsers send line ends as CR LF. */
function tidy(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}

interface Sent {
  readonly draft: QuoteDraft;
  readonly key: string;
}

/** Redirects to the new quote, or tells why there is none. */
async function add(kit: FrontKit, ctx: HttpContext, { draft, key }: Sent): Promise<Outcome | undefined> {
  const { text, author, source, language } = draft;
  const given = { text, author, ...(source !== '' && { source }), ...(language !== '' && { language }) };
  try {
    const quote = await kit.quotes.add(given, key, traceOf(ctx));
    ctx.status = 303;
    ctx.redirect(`${quoteLink(quote.id)}?done=added`);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedError) return refused(error);
    const notice = outageNotice(error);
    askAgain(ctx);
    return {
      status: 503,
      problems: {},
      notice: { ...notice, advice: 'What you typed is kept below; whether it was added, the list of quotes tells.' },
    };
  }
}

function refused(error: RefusedError): Outcome {
  if (isWrongKey(error)) return { status: 403, problems: { key: WRONG_KEY } };
  const problems = Object.fromEntries(error.problems.map(({ field, message }) => [field, message]));
  return { status: 400, problems, notice: { kind: 'bad', text: 'The quote was not added.', advice: adviceOf(error) } };
}

function adviceOf(error: RefusedError): string {
  return error.problems.length > 0 ? 'See the reasons beside the fields.' : error.detail;
}
