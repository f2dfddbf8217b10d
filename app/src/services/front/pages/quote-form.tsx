import * as z from 'zod';
import type { HttpContext, Route } from '../../../http/route.ts';
import { randomHex } from '../../../runtime/random-id.ts';
import { RefusedError } from '../calls/policies.ts';
import type { NewQuote, Quote } from '../calls/quotes-api.ts';
import { Field, type FieldAttributes, Proof } from '../forms.tsx';
import { Layout, type NoticeText, sendPage } from '../layout.tsx';
import { editLink, quoteLink, ROUTES } from '../links.ts';
import { formRoute, leadTo, pageRoute, shownAgain } from '../page-routes.ts';
import { useView, type View } from '../view.ts';
import { type FrontKit, type NotAdmitted, proofSchema, traceOf } from '../visits.ts';
import { idParams, quoteOf } from './quote.tsx';

/** Anything is accepted here: the quotes service knows what a quote must be, and its reasons are shown beside the fields. */
const formSchema = proofSchema.extend({
  text: z.string().default(''),
  author: z.string().default(''),
  source: z.string().default(''),
  language: z.string().default(''),
  revision: z.string().max(100).optional(),
  once: z.string().max(100).optional(),
});

/** What the form held when it was sent, without the key. */
type QuoteDraft = Pick<z.output<typeof formSchema>, 'text' | 'author' | 'source' | 'language'>;

const EMPTY_DRAFT: QuoteDraft = { text: '', author: '', source: '', language: '' };

/** What the form is for. */
interface Task {
  readonly kind: 'add' | 'edit';
  /** Its own address, to which it is sent. */
  readonly path: string;
  /** The revision that the person has seen, where there is one. */
  readonly revision?: string | undefined;
  /** Sent as the Idempotency-Key: however often this form is sent, it adds one quote. @default - none */
  readonly once?: string | undefined;
}

/** @param once its own for each form that is shown */
function adding(once: string | undefined = randomHex(16)): Task {
  return { kind: 'add', path: ROUTES.add, once };
}

export function addFormRoute(kit: FrontKit): Route {
  return pageRoute({
    path: ROUTES.add,
    summary: 'The form for a new quote',
    async handle(ctx) {
      await sendPage(ctx, await kit.visits.of(ctx), <FormPage task={adding()} draft={EMPTY_DRAFT} />);
    },
  });
}

/**
 * Adds and leads to the new quote, or shows the form again with the reasons. A form that is sent again, by a second click, a
 * reload, or after an answer that got lost, leads to the quote that it added.
 */
export function addRoute(kit: FrontKit): Route {
  return formRoute(kit, {
    path: ROUTES.add,
    summary: 'Add a quote',
    body: formSchema,
    handle: (ctx, { body }) =>
      submit(kit, ctx, {
        form: body,
        task: adding(body.once),
        save: (quote, key) => kit.quotes.add({ quote, once: body.once }, key, traceOf(ctx)),
      }),
  });
}

export function editFormRoute(kit: FrontKit): Route {
  return pageRoute({
    path: ROUTES.edit,
    summary: 'The form for a quote that is there',
    params: idParams,
    async handle(ctx, { params: { id } }) {
      const { text, author, source, language, revision } = await quoteOf(kit, ctx, id);
      const draft = { text, author, source: source ?? '', language: language ?? '' };
      const task = { kind: 'edit', path: editLink(id), revision } as const;
      await sendPage(ctx, kit.visits.known(ctx), <FormPage task={task} draft={draft} />);
    },
  });
}

/** Replaces the revision that the person has seen, and no other; leads to the quote, or shows the form again. */
export function editRoute(kit: FrontKit): Route {
  return formRoute(kit, {
    path: ROUTES.edit,
    summary: 'Change a quote',
    params: idParams,
    body: formSchema,
    handle: (ctx, { params: { id }, body }) =>
      submit(kit, ctx, {
        form: body,
        task: { kind: 'edit', path: editLink(id), revision: body.revision },
        save: (quote, key) => kit.quotes.replace({ id, quote, seen: body.revision }, key, traceOf(ctx)),
      }),
  });
}

interface Submission {
  readonly form: z.output<typeof formSchema>;
  readonly task: Task;
  readonly save: (quote: NewQuote, adminKey: string) => Promise<Quote>;
}

async function submit(kit: FrontKit, ctx: HttpContext, { form, task, save }: Submission): Promise<void> {
  const draft: QuoteDraft = {
    text: tidy(form.text),
    author: tidy(form.author),
    source: tidy(form.source),
    language: tidy(form.language),
  };
  const refusal = await kit.visits.write(ctx, form, async (adminKey) => {
    const quote = await save(toQuote(draft), adminKey);
    leadTo(ctx, `${quoteLink(quote.id)}?done=${task.kind === 'add' ? 'added' : 'edited'}`);
  });
  if (refusal === undefined) return;
  const view = kit.visits.known(ctx);
  const refused = 'error' in refusal && refusal.error instanceof RefusedError ? refusal.error : undefined;
  const shown = refused === undefined ? shownAgain(refusal, view) : reasonsOf(refused, view);
  const { status, problems } = shown;
  const notice = status === 503 && shown.notice ? { ...shown.notice, advice: view.t.form.keptBelow } : shown.notice;
  // The first one was saved: what is sent now is another quote.
  const next = problems !== undefined && KEY_HEADER in problems ? adding() : task;
  const page = <FormPage task={next} draft={draft} problems={problems} notice={notice} />;
  await sendPage(ctx, view, page, status);
}

/** Browsers send line ends as CR LF. */
function tidy(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}

function toQuote({ text, author, source, language }: QuoteDraft): NewQuote {
  return { text, author, ...(source !== '' && { source }), ...(language !== '' && { language }) };
}

/** What the quotes service names where one form is sent with two contents. */
const KEY_HEADER = 'Idempotency-Key';

function reasonsOf(error: RefusedError, { t }: View): NotAdmitted {
  const problems = Object.fromEntries(error.problems.map(({ field, message }) => [field, t.fault(message)]));
  const seen = error.problems.length > 0 ? t.form.seeFields : t.refusal(error.status, error.detail);
  const [text, advice] = KEY_HEADER in problems ? [t.form.addedBefore, t.form.becomesAnother] : [t.form.notSaved, seen];
  return { status: 400, problems, notice: { kind: 'bad', text, advice } };
}

interface FormPageProps {
  readonly task: Task;
  readonly draft: QuoteDraft;
  /** Reasons of a refusal by field name (`text`, `author`, `source`, `language`, `key`). @default - none */
  readonly problems?: Readonly<Record<string, string>> | undefined;
  readonly notice?: NoticeText | undefined;
}

/** The form of a quote; after a refusal, with everything that was typed and the reasons beside it. */
function FormPage({ task: { kind, path, revision, once }, draft, problems = {}, notice }: FormPageProps) {
  const { title, description, submit: button } = useView().t.form[kind];
  return (
    <Layout head={{ title, description, path, indexed: kind === 'add' }} notice={notice}>
      <div class="measure">
        <h1>{title}</h1>
        <form class="form" action={path} method="post">
          {revision !== undefined && <input type="hidden" name="revision" value={revision} />}
          {once !== undefined && <input type="hidden" name="once" value={once} />}
          <Fields draft={draft} problems={problems} />
          <Proof problem={problems['key']} />
          <p>
            <button class="button" type="submit">
              {button}
            </button>
          </p>
        </form>
      </div>
    </Layout>
  );
}

function Fields({
  draft,
  problems,
}: {
  readonly draft: QuoteDraft;
  readonly problems: Readonly<Record<string, string>>;
}) {
  const { form } = useView().t;
  const input = (name: 'author' | 'source', required: boolean) => (attributes: FieldAttributes) => (
    <input {...attributes} dir="auto" value={draft[name]} required={required} maxLength={200} autocomplete="off" />
  );
  return (
    <>
      <Field name="text" label={form.text} problem={problems['text']}>
        {(attributes) => (
          <textarea {...attributes} dir="auto" required maxLength={2000} rows={4}>
            {draft.text}
          </textarea>
        )}
      </Field>
      <Field name="author" label={form.author} problem={problems['author']}>
        {input('author', true)}
      </Field>
      <Field name="source" label={form.source} hint={form.sourceHint} problem={problems['source']}>
        {input('source', false)}
      </Field>
      <Field name="language" label={form.language} hint={form.languageHint} problem={problems['language']}>
        {(attributes) => (
          <input {...attributes} value={draft.language} maxLength={6} autocomplete="off" autocapitalize="off" />
        )}
      </Field>
    </>
  );
}
