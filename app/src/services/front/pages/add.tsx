import { Field } from '../components/field.tsx';
import { KeyField } from '../components/key-field.tsx';
import { Layout } from '../components/layout.tsx';
import type { NoticeText } from '../components/notice.tsx';
import { ROUTES } from '../links.ts';
import type { Site } from '../site.ts';

/** What the form held when it was sent, without the key. */
export interface QuoteDraft {
  readonly text: string;
  readonly author: string;
  readonly source: string;
  readonly language: string;
}

export const EMPTY_DRAFT: QuoteDraft = { text: '', author: '', source: '', language: '' };

export interface AddPageProps {
  readonly site: Site;
  readonly draft: QuoteDraft;
  /** Reasons of a refusal by field name (`text`, `author`, `source`, `language`, `key`). */
  readonly problems: Readonly<Record<string, string>>;
  readonly notice?: NoticeText | undefined;
}

/** The form for a new quote; after a refusal, with everything that was typed and the reasons beside it. */
export function AddPage({ site, draft, problems, notice }: AddPageProps) {
  const head = {
    title: 'Add a quote',
    description: 'Add a quote to the library; this takes the admin key.',
    path: ROUTES.add,
  };
  return (
    <Layout site={site} head={head} notice={notice}>
      <div class="measure">
        <h1>Add a quote</h1>
        <form class="form" action={ROUTES.add} method="post">
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
              Add the quote
            </button>
          </p>
        </form>
      </div>
    </Layout>
  );
}
