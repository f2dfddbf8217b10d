import type { ServiceName } from '../../app/contract.ts';

/**
 * What a value of a type must look like, as data: synthesis runs without the compiler, so that a field which somebody forgot, misspelt or
 * wrote as text must still be told by its name. The compiler keeps a shape complete: a field that the type gains is missing here, too.
 * A record of shapes lists the fields; `byKind` those of each variant; `text` also stands for words that another check knows.
 */
export type Shape<T> = undefined extends T
  ? { readonly optional: Shape<Exclude<T, undefined>> }
  : null extends T
    ? { readonly orNull: Shape<Exclude<T, null>> }
    : [T] extends [boolean]
      ? 'boolean'
      : [T] extends [number]
        ? 'number'
        : [T] extends [string]
          ? Words<T>
          : [T] extends [readonly (infer Item)[]]
            ? { readonly listOf: Shape<Item> }
            : [T] extends [{ readonly kind: string }]
              ? { readonly byKind: Variants<T> }
              : string extends keyof T
                ? { readonly mapOf: Shape<T[keyof T]> }
                : Fields<T>;

type Words<T extends string> = string extends T ? 'text' : 'text' | { readonly oneOf: Readonly<Record<T, true>> };
/** A record by the names of services is a map: whether a name is known is told elsewhere. */
type Fields<T> = [keyof T] extends [ServiceName]
  ? { readonly mapOf: Shape<Exclude<T[keyof T], undefined>> }
  : Listed<T>;
type Listed<T> = { readonly [K in keyof T]-?: K extends AsKubernetesWritesIt ? 'anything' : Shape<T[K]> };
/** Fields whose type is the API's own: the guardrails know it. */
type AsKubernetesWritesIt = 'affinity';
type Variants<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: Listed<Omit<OfKind<T, K>, 'kind'>>;
};
type OfKind<T extends { readonly kind: string }, K> = T extends unknown ? (K extends T['kind'] ? T : never) : never;

/** A shape of whatever type, as the walk over a value reads it. */
export type AnyShape = Leaf | AnyFields;
export type AnyFields = { readonly [field: string]: AnyShape };
export type Leaf = 'boolean' | 'number' | 'text' | 'anything' | true;
