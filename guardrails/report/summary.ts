import { groupBy } from '../platform.ts';
import type { Finding, Rule, Severity } from '../rule.ts';

/** How a report is written. */
export interface Report {
  readonly format: string;
  readonly objects: number;
  readonly files: number;
  readonly rules: readonly Rule[];
  readonly colour: boolean;
  /** Every finding whole, however many there are. */
  readonly all: boolean;
}

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** `2 errors, 1 warning`. */
export function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const counts = ORDER.flatMap((severity) => (count(severity) > 0 ? plural(count(severity), severity) : []));
  return counts.join(', ');
}

/** `1 file`, `2 files`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `Deployment shop/cart: `; nothing for a finding about a whole file. */
export function objectOf({ kind, namespace, name }: Pick<Finding, 'kind' | 'namespace' | 'name'>): string {
  return kind === '' ? '' : `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}: `;
}

/** Findings by something that they share, in the order in which it first occurs. */
export function byKey(
  findings: readonly Finding[],
  key: (finding: Finding) => string,
): readonly (readonly [string, readonly Finding[]])[] {
  return [...groupBy(findings, key)];
}

/** Errors first, then by place. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) =>
      ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
