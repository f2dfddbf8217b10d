import type { Environment } from '../../charts/plan/environment.ts';
import {
  apis,
  budget,
  type Check,
  type Diagnosis,
  defaultDeny,
  edge,
  metrics,
  needsOf,
  secrets,
  storage,
  version,
} from './checks.ts';
import type { Kubectl } from './kubectl.ts';

/** Every question; a new one is one line here. */
const CHECKS: readonly Check[] = [version, apis, edge, storage, metrics, defaultDeny, secrets, budget];

export interface Examination {
  readonly environment: string;
  readonly diagnoses: readonly Diagnosis[];
}

/** Asks the cluster everything that these environments need of it. */
export async function examine(
  kubectl: Kubectl,
  root: string,
  environments: readonly Environment[],
): Promise<readonly Examination[]> {
  await kubectl.requireCluster();
  return Promise.all(
    environments.map(async (environment) => {
      const needs = await needsOf(root, environment);
      const diagnoses = await Promise.all(CHECKS.map((check) => check(kubectl, needs)));
      return { environment: environment.name, diagnoses: diagnoses.flat() };
    }),
  );
}

const SIGNS = { met: 'ok', doubt: '??', missing: 'NO' } as const;

/** The examination for a terminal: per environment, what is there and what to do about the rest. */
export function renderExamination(examinations: readonly Examination[]): string {
  const blocks = examinations.map(({ environment, diagnoses }) => {
    const lines = diagnoses.map(
      ({ verdict, what, cure }) => `  ${SIGNS[verdict]}  ${what}${cure === '' ? '' : `\n        ${cure}`}`,
    );
    return [`${environment}: ${conclusion(diagnoses)}`, ...lines].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

/** Whether the cluster lacks something without which an environment cannot run. */
export function lacksSomething(examinations: readonly Examination[]): boolean {
  return examinations.some(({ diagnoses }) => diagnoses.some(({ verdict }) => verdict === 'missing'));
}

function conclusion(diagnoses: readonly Diagnosis[]): string {
  const count = (verdict: Diagnosis['verdict']) =>
    diagnoses.filter((diagnosis) => diagnosis.verdict === verdict).length;
  if (count('missing') > 0) return `the cluster lacks ${count('missing')} of what it needs`;
  return count('doubt') > 0 ? `can run, with ${count('doubt')} to look at` : 'the cluster has all it needs';
}
