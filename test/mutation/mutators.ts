import { isRecord } from '../../guardrails/field.ts';
import { REMOVE } from './operator.ts';

/** The ways in which hands slip: each makes a change out of what it needs to know, for the tables of operators. */
export const remove = (): unknown => REMOVE;

/** Two letters swapped, in the middle where nobody looks. */
export function misspell(value: unknown): unknown {
  if (typeof value !== 'string' || value.length < 3) return undefined;
  const at = Math.max(1, Math.floor(value.length / 2));
  const letters = [...value];
  for (let index = at; index < letters.length; index++) {
    const [before, here] = [letters[index - 1], letters[index]];
    if (before === undefined || here === undefined || before === here || !/[a-z]/.test(before + here)) continue;
    letters[index - 1] = here;
    letters[index] = before;
    return letters.join('');
  }
  return `${value}x`;
}

export function set(wanted: unknown): (value: unknown) => unknown {
  return (value) => (JSON.stringify(value) === JSON.stringify(wanted) ? undefined : structuredClone(wanted));
}

/** A field added to a map, as by a paste or a bad merge. */
export function add(key: string, wanted: unknown): (value: unknown) => unknown {
  return (value) => (isRecord(value) ? { ...value, [key]: structuredClone(wanted) } : undefined);
}

/** A key spelt differently. */
export function rename(from: string, to: string): (value: unknown) => unknown {
  return (value) => {
    if (!isRecord(value) || value[from] === undefined) return undefined;
    const { [from]: moved, ...rest } = value;
    return { ...rest, [to]: moved };
  };
}

export function scale(factor: number): (value: unknown) => unknown {
  return (value) => {
    if (typeof value === 'number') return Math.round(value * factor);
    const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(.*)$/.exec(value) : null;
    return match ? `${Math.max(1, Math.round(Number(match[1]) * factor))}${match[2]}` : undefined;
  };
}

/** The first item of a list a second time. */
export function repeatFirst(value: unknown): unknown {
  return Array.isArray(value) && value.length > 0 ? [...value, structuredClone(value[0])] : undefined;
}

export function replace(from: RegExp | string, to: string): (value: unknown) => unknown {
  return (value) => {
    if (typeof value !== 'string') return undefined;
    const replaced = value.replace(from, to);
    return replaced === value ? undefined : replaced;
  };
}

/** A number in quotes, or a word without: what templating does to values. */
export function requote(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The object a second time, as by a file copied and not renamed. */
export function twice(value: unknown): unknown {
  return [value, structuredClone(value)];
}
