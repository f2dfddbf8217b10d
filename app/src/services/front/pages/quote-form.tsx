import { Field } from '../components/field.tsx';
import { KeyField } from '../components/key-field.tsx';
import { Layout } from '../components/layout.tsx';
import type { NoticeText } from '../components/notice.tsx';
import { editLink, ROUTES } from '../links.ts';
import type { Site } from '../site.ts';

/** What the form held when it was sent, without the key. */
export interface QuoteDraft {
  readonly text: string;
  readonly author: string;
  readonly source: string;
  readonly language: string;
}

export const EMPTY_DRAFT: QuoteDraft = { text: '', author: '', source: '', language: '' };

/** What the form is for. */
export interface FormTask {
  readonly title: string;
  readonly description: string;
  /** Its own address, to which it is sent. */
  readonly path: string;
  readonly submit: string;
  /** The revision that the person has seen, where there is one. */
  readonly revision?: string | undefined;
  /** Sent as the Idempotency-Key: however often this form is sent, it adds one quote. @default - none */
  readonly once?: string | undefined;
}

export function adding(once: string | undefined): FormTask {
  return {
    title: 'Add a quote',
    description: 'Add a quote to the library; this takes the admin key.',
    path: ROUTES.add,
    submit: 'Add the quote',
    once,
  };
}

export function editing(id: string, revision: string | undefined): FormTask {
  return {
    title: 'Edit a quote',
    description: 'Change a quote of the library; this takes the admin key.',
    path: editLink(id),
    submit: 'Save the changes',
    revision,
  };
}

export interface QuoteFormPageProps {
  readonly site: Site;
  readonly task: FormTask;
  readonly draft: QuoteDraft;
  /** Reasons of a refusal by field name (`text`, `author`, `source`, `language`, `key`). */
  readonly problems: Readonly<Record<string, string>>;
  readonly notice?: NoticeText | undefined;
}

/** The form of a quote; after a refusal, with everything that was typed and the reasons beside it. */
export function QuoteFormPage({ site, task, draft, problems, notice }: QuoteFormPageProps) {
  const head = { title: task.title, description: task.description, path: task.path, indexed: task.path === ROUTES.add };
  return (
    <Layout site={site} head={head} notice={notice}>
      <div class="measure">
        <h1>{task.title}</h1>
        <form class="form" action={task.path} method="post">
          {task.revision !== undefined && <input type="hidden" name="revision" value={task.revision} />}
          {task.once !== undefined && <input type="hidden" name="once" value={task.once} />}
          <Field name="text" label="The words" problem={problems['text']}>
            {(attributes) => (
              <textarea {...attributes} dir="auto" required maxLength={2000} rows={4}>
                {draft.text}
              </textarea>
            )}
          </Field>
          <Field name="author" label="Who wrote or said them" problem={problems['author']}>
            {(attributes) => (
              <input {...attributes} dir="auto" value={draft.author} required maxLength={200} autocomplete="off" />
            )}
          </Field>
          <Field
            name="source"
            label="Where they stand"
            hint="A book, a letter, a speech; may stay empty."
            problem={problems['source']}
          >
            {(attributes) => (
              <input {...attributes} dir="auto" value={draft.source} maxLength={200} autocomplete="off" />
            )}
          </Field>
          <Field
            name="language"
            label="Their language"
            hint="Its code: en, fr, fr-CA. Quotation marks and voices follow it; may stay empty."
            problem={problems['language']}
          >
            {(attributes) => (
              <input {...attributes} value={draft.language} maxLength={6} autocomplete="off" autocapitalize="off" />
            )}
          </Field>
          <KeyField problem={problems['key']} />
          <p>
            <button class="button" type="submit">
              {task.submit}
            </button>
          </p>
        </form>
      </div>
    </Layout>
  );
}
