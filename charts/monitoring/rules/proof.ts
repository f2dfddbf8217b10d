import type { ProofSeries } from '../../plan/alert.ts';

/** A constant series of `steps` samples beside the first. */
export function constant(series: string, value: number, steps = 240): ProofSeries {
  return { series, values: `${value}x${steps}` };
}

/** A counter that grows by `perStep` from sample to sample. */
export function counter(series: string, perStep: number, steps = 240): ProofSeries {
  return { series, values: `0+${perStep}x${steps}` };
}
