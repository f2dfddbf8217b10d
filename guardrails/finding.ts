import type { Field } from './field.ts';

/** `error` refuses synthesis, `warning` makes the command line exit with 1, `note` only informs. */
export type Severity = 'error' | 'warning' | 'note';

/** What a rule reports. */
export interface Problem {
  /** The place to look at; its object is the one that an exception must stand on. */
  readonly at: Field;
  /** What is wrong, with the values that disagree: `selects app=cart, but no pod of shop carries it`. */
  readonly message: string;
  /** What to do about it, in the imperative. */
  readonly fix: string;
  /** @default - the rule's */
  readonly severity?: Severity;
}

/** A problem with everything a reader needs, as reports show it. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  /** From 1; absent where there is no text, as for objects that were never written. */
  readonly line?: number;
  readonly column?: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly construct?: string;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
}
