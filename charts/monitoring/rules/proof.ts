/** A series as promtool writes it: `up{job="users"}` and `1x10`. */
export interface ProofSeries {
  readonly series: string;
  /** Expanding notation, one sample a step: `0+60x30` starts at 0 and adds 60 thirty times. */
  readonly values: string;
}

/** What must make an alert fire, and what must not: the same situation just below the threshold. Null for the watchdog, which is never quiet. */
export interface Proof {
  readonly fires: readonly ProofSeries[];
  readonly quiet: readonly ProofSeries[] | null;
  /** When it is looked at: `10m` after the first sample. */
  readonly at: string;
  /** Seconds between samples and evaluations. @default 30; longer for windows of days */
  readonly stepSeconds?: number;
}

/** A constant series of `steps` samples beside the first. */
export function constant(series: string, value: number, steps = 240): ProofSeries {
  return { series, values: `${value}x${steps}` };
}

/** A counter that grows by `perStep` from sample to sample. */
export function counter(series: string, perStep: number, steps = 240): ProofSeries {
  return { series, values: `0+${perStep}x${steps}` };
}
