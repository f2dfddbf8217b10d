import { environments } from '../../charts/environments/all.ts';
import type { Environment } from '../../charts/plan/environment.ts';
import { locateJudge } from '../../guardrails/judge/locate.ts';
import { runCommand } from '../command.ts';
import { run } from '../run.ts';
import {
  apiServer,
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
import { chooseEnvironments } from './cluster-test.ts';
import { Kubectl } from './kubectl.ts';

/** Every question; a new one is one line here. */
const CHECKS: readonly Check[] = [version, apis, edge, storage, metrics, apiServer, defaultDeny, secrets, budget];

export interface Examination {
  readonly environment: string;
  readonly diagnoses: readonly Diagnosis[];
}

/** Asks the cluster everything that these environments need of it. */
export async function examine(
  kubectl: Kubectl,
  root: string,
  wanted: readonly Environment[],
): Promise<readonly Examination[]> {
  await kubectl.requireCluster();
  return Promise.all(
    wanted.map(async (environment) => {
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

function judgeLine(program: string | undefined): string {
  return program === undefined
    ? 'this machine: the judge is not built, so Kubernetes itself is not asked at synthesis; npm run judge'
    : `this machine: the judge is ${program}`;
}

const USAGE = `What the cluster of the current kubectl context lacks to run an environment, and what to do about it. It only reads.

  npm run doctor                    every environment
  npm run doctor -- production      one
  ... --json                        for a program
`;

if (process.argv[1] === import.meta.filename)
  await runCommand({
    name: 'doctor',
    usage: USAGE,
    finding: 'something is missing',
    options: { json: { type: 'boolean', default: false } },
    main: async ({ values, positionals }) => {
      const wanted = chooseEnvironments(environments, positionals);
      const examinations = await examine(new Kubectl(run, process.cwd()), process.cwd(), wanted);
      const text = `${judgeLine(locateJudge())}\n\n${renderExamination(examinations)}`;
      process.stdout.write(values.json ? `${JSON.stringify(examinations, null, 2)}\n` : text);
      return lacksSomething(examinations) ? 1 : 0;
    },
  });
