/** How run.ts speaks to the suite that it starts. */
export const SETTINGS = {
  /** Set inside the namespaces: anywhere else the suite must not make links and mounts. */
  inside: 'DURABILITY_INSIDE',
  full: 'DURABILITY_FULL',
  runs: 'DURABILITY_RUNS',
  only: 'DURABILITY_ONLY',
} as const;

export interface Settings {
  readonly inside: boolean;
  readonly full: boolean;
  readonly runs: number;
  /** Parts of the names of the lines to run, with commas between them; empty for the matrix' own choice. */
  readonly only: string;
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    inside: env[SETTINGS.inside] === 'yes',
    full: env[SETTINGS.full] === 'yes',
    runs: Number(env[SETTINGS.runs] ?? '1'),
    only: env[SETTINGS.only] ?? '',
  };
}
