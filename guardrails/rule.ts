import type { Promised } from './annotations.ts';
import type { Field } from './field.ts';
import type { Platform } from './platform.ts';

/** One thing that must hold. A rule is data and a function. */
export interface Rule {
  /** Kebab-case, unique, stable: exceptions and code scanning name it. */
  readonly id: string;
  /** What must hold, as a sentence: `Every Service selects at least one pod`. */
  readonly title: string;
  /** Why it matters, in one line: what happens in a cluster when it does not hold. */
  readonly rationale: string;
  /** @default 'error' */
  readonly severity?: Severity;
  /** The severity in namespaces whose environment does not declare itself: what others leave out they may have elsewhere. @default - the same */
  readonly elsewhere?: Severity | undefined;
  /** Asks only where an environment declares itself, or where it makes a promise. @default - everywhere */
  readonly where?: 'declared' | Promised;
  /** Where the Kubernetes (or the tool's) documentation says so. */
  readonly docs: string;
  /** It reads the judge's answers, so it is evaluated last, while the judge works. @default false */
  readonly asksJudge?: boolean;
  readonly check: (platform: Platform) => Iterable<Problem>;
}

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
  readonly severity?: Severity | undefined;
  /** @default - the rule's */
  readonly elsewhere?: Severity;
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

/** `Deployment/shop/cart`: what tells an object from all others. */
export function keyOf({ kind, namespace, name }: Pick<Finding, 'kind' | 'namespace' | 'name'>): string {
  return [kind, namespace, name].filter((part) => part !== '').join('/');
}

/** Rules as they are written, by their ids. */
export function rules(written: Readonly<Record<string, Omit<Rule, 'id'>>>): readonly Rule[] {
  return Object.entries(written).map(([id, rule]) => ({ id, ...rule }));
}
