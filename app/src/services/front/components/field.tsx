import type { ComponentChildren } from 'preact';

export interface FieldProps {
  /** Name of the field in the form and in the service's problems. */
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

/** A labelled input with its hint and, after a refusal, the reason beside it. */
export function Field({ name, label, hint, problem, children }: FieldProps) {
  const described = [problem && `${name}-problem`, hint && `${name}-hint`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id: name,
        name,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': problem === undefined ? undefined : 'true',
      })}
      {problem && (
        <p class="wrong" id={`${name}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}
