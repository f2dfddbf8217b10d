import { isRecord } from '../../guardrails/field.ts';

/** What a change answers with to take a field away. */
export const REMOVE = Symbol('remove');

/** One realistic mistake: where it happens and what it does to the value there. */
export interface Operator {
  readonly name: string;
  readonly kind: string;
  /** Keys joined by a slash, a slash inside a key written `~`; `*` is every item or key. Empty: the object itself. */
  readonly path: string;
  /** The new value; undefined where the mistake makes no sense. */
  readonly change: (value: unknown) => unknown;
}

/** A place in which an operator can make its mistake. */
export interface Target {
  readonly operator: Operator;
  /** Index of the object among those given. */
  readonly object: number;
  readonly keys: readonly string[];
}

type Container = Record<string, unknown> | unknown[];

/** Every place in these objects where the operator changes something. */
export function targetsOf(operator: Operator, objects: readonly unknown[]): readonly Target[] {
  const pattern = operator.path === '' ? [] : operator.path.split('/').map((key) => key.replace('~', '/'));
  return objects.flatMap((object, index) => {
    if (!isRecord(object) || object['kind'] !== operator.kind) return [];
    return places(object, pattern)
      .filter(({ value }) => operator.change(value) !== undefined)
      .map(({ keys }) => ({ operator, object: index, keys }));
  });
}

/** The objects after the mistake; the given ones stay as they are. */
export function mutate(objects: readonly unknown[], { operator, object, keys }: Target): readonly unknown[] {
  const broken = structuredClone(objects[object]);
  if (keys.length === 0) {
    const changed = operator.change(broken);
    return objects.flatMap((other, index) =>
      index !== object ? [other] : changed === REMOVE ? [] : changed === broken ? [broken] : [changed].flat(),
    );
  }
  const parent = keys
    .slice(0, -1)
    .reduce<unknown>((value, key) => (isContainer(value) ? read(value, key) : undefined), broken);
  if (isContainer(parent)) write(parent, keys.at(-1) ?? '', operator.change(read(parent, keys.at(-1) ?? '')));
  return objects.map((other, index) => (index === object ? broken : other));
}

function places(
  value: unknown,
  pattern: readonly string[],
  keys: readonly string[] = [],
): readonly { value: unknown; keys: readonly string[] }[] {
  const [key, ...rest] = pattern;
  if (key === undefined) return [{ value, keys }];
  if (!isContainer(value)) return [];
  const names = key === '*' ? Object.keys(value) : read(value, key) === undefined ? [] : [key];
  return names.flatMap((name) => places(read(value, name), rest, [...keys, name]));
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function read(container: Container, key: string): unknown {
  return Array.isArray(container) ? container[Number(key)] : container[key];
}

function write(container: Container, key: string, value: unknown): void {
  if (value === REMOVE && Array.isArray(container)) container.splice(Number(key), 1);
  else if (value === REMOVE) delete (container as Record<string, unknown>)[key];
  else if (Array.isArray(container)) container[Number(key)] = value;
  else container[key] = value;
}
