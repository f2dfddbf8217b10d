import type { Field } from './field.ts';

/** An int-or-percent (`2`, `25%`) as a number of `whole`, rounded as Kubernetes does for that field; undefined when it is neither. */
export function shareOf(field: Field, whole: number, round: 'up' | 'down'): number | undefined {
  if (field.number !== undefined) return field.number;
  const percent = /^(\d+)%$/.exec(field.text ?? '')?.[1];
  if (percent === undefined) return undefined;
  const exact = (Number(percent) * whole) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
