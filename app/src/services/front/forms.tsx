import type { ComponentChildren } from 'preact';
import { ROUTES } from './links.ts';
import { useView } from './view.ts';

export interface FieldProps {
  /** Of the input, where several forms of a page have a field of this name. @default - the name */
  readonly id?: string;
  readonly name: string;
  readonly label: string;
  /** @default - no hint */
  readonly hint?: string;
  /** What the service said about the value. @default - nothing wrong */
  readonly problem?: string | undefined;
  readonly children: (attributes: FieldAttributes) => ComponentChildren;
}

/** Attributes that tie an input to its label, its hint and its problem for assistive technology. */
export interface FieldAttributes {
  readonly id: string;
  readonly name: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': 'true' | undefined;
}

export function Field({ name, id = name, label, hint, problem, children }: FieldProps) {
  const described = [problem && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        name,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': problem === undefined ? undefined : 'true',
      })}
      {problem && (
        <p class="wrong" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

/** What lets a form change something: of who has signed in the proof that it is theirs, of others the key, which signs in. */
export function Proof({ problem }: { readonly problem?: string | undefined }) {
  const { t, session } = useView();
  if (session !== undefined) return <input type="hidden" name="csrf" value={session.csrf} />;
  return (
    <Field name="key" label={t.key.label} hint={t.key.hint} problem={problem}>
      {(attributes) => <input {...attributes} type="password" autocomplete="off" required maxLength={1000} />}
    </Field>
  );
}

/** A GET form: a result has an address that can be kept and passed on. */
export function SearchForm({ keyword = '' }: { readonly keyword?: string }) {
  const { search } = useView().t;
  return (
    <search>
      <form class="search" action={ROUTES.find} method="get">
        <label class="hidden" for="keyword">
          {search.label}
        </label>
        <input
          id="keyword"
          name="keyword"
          type="search"
          value={keyword}
          maxLength={200}
          dir="auto"
          required
          autocomplete="off"
          enterkeyhint="search"
          placeholder={search.placeholder}
        />
        <button class="button" type="submit">
          {search.submit}
        </button>
      </form>
    </search>
  );
}
