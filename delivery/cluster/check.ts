import type { Kubectl } from './kubectl.ts';
import type { Needs } from './needs.ts';

/** `missing` stops an environment, `doubt` may, `met` is fine. */
export type Verdict = 'met' | 'doubt' | 'missing';

/** What a check found out about one need of one environment. */
export interface Diagnosis {
  readonly verdict: Verdict;
  /** What was looked at, and what there is: `ingress class traefik`. */
  readonly what: string;
  /** What to do about it; empty when it is met. */
  readonly cure: string;
}

/** One question about a cluster, asked for one environment. */
export type Check = (kubectl: Kubectl, needs: Needs) => Promise<readonly Diagnosis[]>;

export function met(what: string): Diagnosis {
  return { verdict: 'met', what, cure: '' };
}

export function missing(what: string, cure: string): Diagnosis {
  return { verdict: 'missing', what, cure };
}

export function doubt(what: string, cure: string): Diagnosis {
  return { verdict: 'doubt', what, cure };
}
