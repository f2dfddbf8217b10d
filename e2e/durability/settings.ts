/** How run.ts speaks to the suite that it starts. */
export const SETTINGS = {
  /** Set inside the namespaces: anywhere else the suite must not make links and mounts. */
  inside: 'DURABILITY_INSIDE',
  full: 'DURABILITY_FULL',
  runs: 'DURABILITY_RUNS',
  only: 'DURABILITY_ONLY',
  slice: 'DURABILITY_SLICE',
} as const;

export interface Settings {
  readonly inside: boolean;
  readonly full: boolean;
  readonly runs: number;
  /** Parts of the names of the lines to run, with commas between them; empty for the matrix' own choice. */
  readonly only: string;
  /** Which of how many processes this one is, from 0: each takes every n-th line. */
  readonly slice: number;
  readonly slices: number;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const [slice = 1, slices = 1] = (env[SETTINGS.slice] ?? '1/1').split('/').map(Number);
  return {
    inside: env[SETTINGS.inside] === 'yes',
    full: env[SETTINGS.full] === 'yes',
    runs: Number(env[SETTINGS.runs] ?? '1'),
    only: env[SETTINGS.only] ?? '',
    slice: slice - 1,
    slices,
  };
}
