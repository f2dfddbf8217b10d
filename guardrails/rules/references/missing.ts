import type { Field } from '../../field.ts';
import type { Problem, Severity } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import { suggest } from '../../suggest.ts';

/** What a field refers to. */
export interface Reference {
  readonly at: Field;
  readonly kind: string;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/** The problem with a reference that leads nowhere, with the name that was probably meant. */
export function missing(
  platform: Platform,
  { at, kind, namespace, name }: Reference,
  severity: Severity = 'error',
): Problem {
  const names = platform.ofKind(kind).flatMap((other) => (other.namespace === namespace ? other.name : []));
  const meant = suggest(name, names);
  const known =
    names.length === 0
      ? `there is none${namespace === '' ? '' : ' in it'}`
      : `there is ${names.slice(0, 8).join(', ')}`;
  return {
    at,
    severity,
    message: `${kind} ${name} does not exist${namespace === '' ? '' : ` in namespace ${namespace}`}: ${known}`,
    fix: meant === undefined ? `Name one that exists, or add ${kind} ${name}.` : `Did you mean ${meant}?`,
  };
}

/**
 * For things that are often brought by somebody else (secrets, issuers, classes): an error where the environment declares itself and so must
 * declare what it is given, or where the name is a slip away from one that exists; otherwise a note.
 */
export function missingUnlessBrought(platform: Platform, reference: Reference): Problem {
  const declared = platform.environmentOf(reference.at.resource.namespace) !== undefined;
  const problem = missing(platform, reference);
  return declared || problem.fix.startsWith('Did you mean') ? problem : { ...problem, severity: 'note' };
}
