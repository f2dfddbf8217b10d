/**
 * The shape of an API type, as compact as the check needs it. `any` is everything; a number is the index of a type in the table, so that types
 * may refer to themselves.
 */
export type Shape =
  | 'any'
  | 'string'
  | 'boolean'
  | 'number'
  | 'integer'
  | 'quantity'
  | 'int-or-string'
  | { readonly enum: readonly string[] }
  | { readonly list: Ref }
  | { readonly map: Ref }
  | {
      readonly fields: Readonly<Record<string, Ref>>;
      readonly required?: readonly string[];
      /** Those of the fields that the oldest release does not have. */
      readonly newer?: readonly string[];
    };

/** Index of a shape in `Schemas.shapes`. */
export type Ref = number;

/** What api.generated.json holds. */
export interface Schemas {
  /** The packages and versions that it was made from. */
  readonly from: readonly string[];
  /** The oldest release that shapes are compared with, and the kinds that it does not have. */
  readonly oldest: { readonly release: string; readonly newer: readonly string[] };
  readonly shapes: readonly Shape[];
  /** `apps/v1/Deployment` to its shape. */
  readonly kinds: Readonly<Record<string, Ref>>;
}
