import * as z from 'zod';
import { type HttpContext, type Route, route } from '../../../http/route.ts';
import { randomHex } from '../../../runtime/random-id.ts';
import { RefusedError } from '../calls/call-error.ts';
import type { NewQuote } from '../calls/quotes-api.ts';
import type { NoticeText } from '../components/notice.tsx';
import { type FrontKit, traceOf } from '../front-kit.ts';
import { quoteLink, ROUTES } from '../links.ts';
import { askAgain, outageNotice } from '../outages.ts';
import { adding, EMPTY_DRAFT, editing, type FormTask, type QuoteDraft, QuoteFormPage } from '../pages/quote-form.tsx';
import type { Quote } from '../quote.ts';
import { isWrongKey, WRONG_KEY } from '../refusals.ts';
import { sendPage } from '../send-page.ts';
import { idParams, quoteOf } from './quote.tsx';

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
    handle: (ctx) =>
      sendPage(ctx, <QuoteFormPage site={kit.site} task={adding(newKey())} draft={EMPTY_DRAFT} problems={{}} />),
  });
}

/** One for each form that is shown. */
const newKey = () => randomHex(16);

/**
 * Adds and leads to the new quote, or shows the form again with the reasons. A form that is sent again, by a second click, a
 * reload, or after an answer that got lost, leads to the quote that it added.
 */
export function addRoute(kit: FrontKit): Route {
  return route({
    method: 'POST',
    path: ROUTES.add,
    internal: true,
    summary: 'Add a quote',
    body: formSchema.extend({ once: z.string().max(100).optional() }),
    bodyFormat: 'form',
    responses: { 303: { description: 'Added' } },
    handle: (ctx, { body }) =>
      submit(kit, ctx, {
        form: body,
        task: adding(body.once),
        done: 'added',
        save: (quote) => kit.quotes.add({ quote, once: body.once }, body.key, traceOf(ctx)),
      }),
  });
}

/** The form with what the quote says now. */
export function editFormRoute(kit: FrontKit): Route {
  return route({
    method: 'GET',
    path: ROUTES.edit,
    internal: true,
    summary: 'The form for a quote that is there',
    params: idParams,
    responses: { 200: { description: 'A page' } },
    async handle(ctx, { params: { id } }) {
      const { text, author, source, language, revision } = await quoteOf(kit, ctx, id);
      const draft = { text, author, source: source ?? '', language: language ?? '' };
      await sendPage(ctx, <QuoteFormPage site={kit.site} task={editing(id, revision)} draft={draft} problems={{}} />);
    },
  });
}

/** Replaces the revision that the person has seen, and no other; leads to the quote, or shows the form again. */
export function editRoute(kit: FrontKit): Route {
  return route({
    method: 'POST',
    path: ROUTES.edit,
    internal: true,
    summary: 'Change a quote',
    params: idParams,
    body: formSchema.extend({ revision: z.string().max(100).optional() }),
    bodyFormat: 'form',
    responses: { 303: { description: 'Changed' } },
    handle: (ctx, { params: { id }, body }) =>
      submit(kit, ctx, {
        form: body,
        task: editing(id, body.revision),
        done: 'edited',
        save: (quote) => kit.quotes.replace({ id, quote, seen: body.revision }, body.key, traceOf(ctx)),
      }),
  });
}

interface Submission {
  readonly form: z.output<typeof formSchema>;
  readonly task: FormTask;
  /** What the page of the quote says afterwards. */
  readonly done: string;
  readonly save: (quote: NewQuote) => Promise<Quote>;
}

async function submit(kit: FrontKit, ctx: HttpContext, { form, task, done, save }: Submission): Promise<void> {
  const draft = {
    text: tidy(form.text),
    author: tidy(form.author),
    source: tidy(form.source),
    language: tidy(form.language),
  };
  const outcome = await saved(ctx, { draft, done, save });
  if (outcome === undefined) return;
  const { status, problems, notice } = outcome;
  // The first one was saved: what is sent now is another quote.
  const next = KEY_HEADER in problems ? adding(newKey()) : task;
  const page = { site: kit.site, task: next, draft, problems, notice };
  await sendPage(ctx, <QuoteFormPage {...page} />, status);
}

/** Browsers send line ends as CR LF. */
function tidy(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}

interface Draft extends Pick<Submission, 'done' | 'save'> {
  readonly draft: QuoteDraft;
}

/** Redirects to the quote, or tells why it was not saved. */
async function saved(ctx: HttpContext, { draft, done, save }: Draft): Promise<Outcome | undefined> {
  const { text, author, source, language } = draft;
  try {
    const quote = await save({ text, author, ...(source !== '' && { source }), ...(language !== '' && { language }) });
    ctx.status = 303;
    ctx.redirect(`${quoteLink(quote.id)}?done=${done}`);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedError) return refused(error);
    const notice = outageNotice(error);
    askAgain(ctx);
    return {
      status: 503,
      problems: {},
      notice: { ...notice, advice: 'What you typed is kept below; whether it was saved, the list of quotes tells.' },
    };
  }
}

/** What the quotes service names where one form is sent with two contents. */
const KEY_HEADER = 'Idempotency-Key';
const ANOTHER_QUOTE: NoticeText = {
  kind: 'bad',
  text: 'This form has added a quote already.',
  advice: 'What you typed is kept below; sent again, it becomes a second quote.',
};

function refused(error: RefusedError): Outcome {
  if (isWrongKey(error)) return { status: 403, problems: { key: WRONG_KEY } };
  const problems = Object.fromEntries(error.problems.map(({ field, message }) => [field, message]));
  if (KEY_HEADER in problems) return { status: 400, problems, notice: ANOTHER_QUOTE };
  return { status: 400, problems, notice: { kind: 'bad', text: 'The quote was not saved.', advice: adviceOf(error) } };
}

function adviceOf(error: RefusedError): string {
  return error.problems.length > 0 ? 'See the reasons beside the fields.' : error.detail;
}
