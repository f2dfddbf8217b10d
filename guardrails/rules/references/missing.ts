import type { Field } from '../../field.ts';
import type { Problem, Severity } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import { hasOperator } from '../../pods-of-others.ts';
import { suggest } from '../../suggest.ts';

/** What a field refers to. */
export interface Reference {
  readonly at: Field;
  readonly kind: string;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * Where an environment declares itself, all of it is given. Elsewhere a platform without a single object of the kind in the namespace is taken for a part of
 * something larger, and one with an operator's own resources for one in which the operator makes the rest.
 */
function severityOf(platform: Platform, { at, kind, namespace, name }: Reference, siblings: number): Severity {
  if (platform.environmentOf(at.resource.namespace)) return 'error';
  const names = platform.ofKind(kind).flatMap((other) => (other.namespace === namespace ? other.name : []));
  if (suggest(name, names) !== undefined) return 'error';
  const isMade =
    ['ConfigMap', 'Service', 'ServiceAccount', 'PersistentVolumeClaim'].includes(kind) &&
    hasOperator(platform, namespace);
  return siblings === 0 || isMade ? 'note' : 'error';
}

/** The problem with a reference that leads nowhere, with the name that was probably meant. */
export function missing(platform: Platform, { at, kind, namespace, name }: Reference): Problem {
  const names = platform.ofKind(kind).flatMap((other) => (other.namespace === namespace ? other.name : []));
  const meant = suggest(name, names);
  const known =
    names.length === 0
      ? `there is none${namespace === '' ? '' : ' in it'}`
      : `there is ${names.slice(0, 8).join(', ')}`;
  return {
    at,
    severity: severityOf(platform, { at, kind, namespace, name }, names.length),
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
