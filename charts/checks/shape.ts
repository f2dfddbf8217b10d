/**
 * The fields that a value of a type must have, as data: synthesis runs without the compiler, so that a field which somebody forgot must
 * still be told by its name. `true` is a leaf: a plain value, a list, a map with free keys. `byKind` lists the fields of each variant.
 * The compiler keeps a shape complete: a field that the type gains is missing here, too.
 */
export type Shape<T> = [NonNullable<T>] extends [string | number | boolean | readonly unknown[]]
  ? true
  : [NonNullable<T>] extends [{ readonly kind: string }]
    ? { readonly byKind: Variants<NonNullable<T>> }
    : string extends keyof NonNullable<T>
      ? true
      : Fields<NonNullable<T>>;

type Fields<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: Shape<T[K]> };
type Variants<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: Fields<Omit<OfKind<T, K>, 'kind'>>;
};
type OfKind<T extends { readonly kind: string }, K> = T extends unknown ? (K extends T['kind'] ? T : never) : never;

/** A shape of whatever type, as the walk below reads it. */
export type AnyShape = true | { readonly [key: string]: AnyShape };

/**
 * Paths of fields that are absent, undefined or not a number: what the compiler refuses, and plain JavaScript or a cast lets through.
 * Optional fields may be absent, but not present without a value.
 */
export function missingFields(value: unknown, shape: AnyShape, path = ''): string[] {
  if (value === undefined || Number.isNaN(value)) return [`${path} is missing (${value}); give it a value`];
  if (value === null || typeof value !== 'object') return [];
  const object = new Map(Object.entries(value));
  const [fields, problems] = fieldsOf(object, shape, path);
  const keys = new Set([...object.keys(), ...Object.keys(fields)]);
  return [
    ...problems,
    ...[...keys].flatMap((key) =>
      missingFields(object.get(key), fields[key] ?? true, path === '' ? key : `${path}.${key}`),
    ),
  ];
}

type Found = readonly [fields: Readonly<Record<string, AnyShape>>, problems: readonly string[]];

function fieldsOf(object: ReadonlyMap<string, unknown>, shape: AnyShape, path: string): Found {
  if (shape === true) return [{}, []];
  const variants = shape['byKind'];
  if (variants === undefined || variants === true) return [shape, []];
  const kind = String(object.get('kind'));
  const fields = variants[kind];
  if (fields !== undefined && fields !== true) return [fields, []];
  return [{}, [`${path}.kind '${kind}' is unknown; choose one of ${Object.keys(variants).join(', ')}`]];
}
