import { Field } from './field.tsx';

/** Asks for the admin key; it is never put back into a page. */
export function KeyField({ problem }: { readonly problem?: string | undefined }) {
  return (
    <Field
      name="key"
      label="Admin key"
      hint="Sent once with this form; it is neither stored nor shown again."
      problem={problem}
    >
      {(attributes) => <input {...attributes} type="password" autocomplete="off" required maxLength={200} />}
    </Field>
  );
}
