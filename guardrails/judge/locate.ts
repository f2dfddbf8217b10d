import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The minors that the judge is built for, the newest first. */
export const MINORS = ['1.34', '1.32'] as const;
export type Minor = (typeof MINORS)[number];

/** Where the programs are; the environment's Kubernetes version chooses one. */
export interface Judge {
  /** @param version of Kubernetes. @default - the newest */
  readonly program: (version?: string) => string;
}

/** A judge of one's own, or `off`; empty is as good as unset. */
export const OVERRIDE = 'GUARDRAILS_JUDGE';

/** Where whoever builds the judge puts the programs, as `judge-1.34`. */
export function judgeFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'manifest-guardrails');
}

/** The minor that answers for a version of Kubernetes: the newest that is not newer, else the oldest. @default - the newest */
export function minorFor(version: string | undefined): Minor {
  if (version === undefined) return MINORS[0];
  const asked = Number(version.split('.')[1]);
  return MINORS.find((minor) => Number(minor.split('.')[1]) <= asked) ?? MINORS[MINORS.length - 1] ?? MINORS[0];
}

/** The program that judges for a version, or undefined where it is not built. */
export function locateJudge(version?: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = environment[OVERRIDE];
  if (given === 'off') return undefined;
  return [given ? given : join(judgeFolder(environment), `judge-${minorFor(version)}`)].find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
