import type { Problem, Severity } from './finding.ts';
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
  /** Where the Kubernetes (or the tool's) documentation says so. */
  readonly docs: string;
  /** It reads the judge's answers, so it is evaluated last, while the judge works. @default false */
  readonly asksJudge?: boolean;
  readonly check: (platform: Platform) => Iterable<Problem>;
}
