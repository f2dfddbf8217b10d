import type { Promised } from './annotations.ts';
import type { Environment } from './environment.ts';
import type { Field, Resource } from './field.ts';
import type { Platform } from './platform.ts';
import type { Container, Workload } from './workload.ts';

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
  /**
   * The severity in namespaces whose environment does not declare itself, and of what has no namespace where none does: what others leave out they may
   * have elsewhere. @default - the same
   */
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

/** What is wrong with one thing. */
type Look<T> = (thing: T, platform: Platform) => Iterable<Problem>;

/** A check of one thing after the other: `check: each(redisServers, function* (server, platform) { ... })`. */
export function each<T>(things: (platform: Platform) => Iterable<T>, look: Look<T>): Rule['check'] {
  return function* (platform) {
    for (const thing of things(platform)) yield* look(thing, platform);
  };
}

export const eachWorkload = (look: Look<Workload>) => each(({ workloads }) => workloads, look);
export const eachContainer = (look: Look<Container>) => each(({ containers }) => containers, look);
export const eachRunning = (look: Look<Container>) => each(({ running }) => running, look);
export const eachResource = (look: Look<Resource>) => each(({ resources }) => resources, look);
export const eachEnvironment = (look: Look<Environment>) => each(({ environments }) => environments, look);
export const eachObject = (kinds: string | readonly string[], look: Look<Resource>) =>
  each((platform) => platform.ofKind(...[kinds].flat()), look);
