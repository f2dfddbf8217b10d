import type { Environment } from '../charts/plan/environment.ts';
import type { ManifestFile, Plan, Platform } from '../charts/plan/part.ts';
import { PlatformError } from '../charts/synthesize.ts';
import { checkPlatform } from '../guardrails/engine.ts';
import { start } from '../guardrails/judge/ask.ts';
import { judgeOfThisMachine } from '../guardrails/judge/judge.ts';
import { prepare } from '../guardrails/judge/process.ts';
import type { Answer, PlacementQuestion, Scenario } from '../guardrails/judge/protocol.ts';
import { allRules } from '../guardrails/registry.ts';
import { formatText } from '../guardrails/report/text.ts';
import { parseAll } from './manifest-yaml.ts';

/** A guardrail does not hold: the report, for the person who made the mistake. */
export class GuardrailError extends Error {
  constructor(report: string) {
    super(`a guardrail does not hold:\n\n${report}`);
    this.name = 'GuardrailError';
  }
}

/** What a verdict needs beside the manifests. */
export interface Beside {
  /** The files that are about to be replaced, for changes that an update cannot make. */
  readonly before: ReadonlyMap<string, string>;
  /** The names of the runbooks that are about to be written. @default - unknown */
  readonly runbooks?: readonly string[] | undefined;
  /** The version of Kubernetes that a file is for. @default - the newest that is judged */
  readonly kubernetes?: (file: string) => string | undefined;
}

/**
 * Judges what is about to be written, all environments at once.
 * @param texts of the same files, for line and column
 * @param beside what stands beside them
 * @returns what to show: a line where all is well, the report of warnings otherwise
 * @throws GuardrailError on an error
 */
export function judge(
  files: readonly ManifestFile[],
  texts: ReadonlyMap<string, string>,
  { before, runbooks, kubernetes }: Beside,
): string {
  const documents = files.map(({ path, objects }) => ({ file: `dist/${path}`, objects, text: texts.get(path) ?? '' }));
  const previous = [...before].map(([path, text]) => ({ file: `dist/${path}`, objects: parseAll(text) }));
  const { judge: asked, unasked } = judgeOfThisMachine();
  const findings = checkPlatform(documents, {
    runbooks,
    judge: asked,
    kubernetes,
    ...(previous.length === 0 ? {} : { previous }),
  });
  const objects = files.reduce((sum, file) => sum + file.objects.length, 0);
  const scope = { objects, files: files.length, rules: allRules(), colour: false, all: true };
  const shown = findings.filter(({ severity }) => severity !== 'note');
  const report = formatText(shown, scope);
  if (findings.some(({ severity }) => severity === 'error')) throw new GuardrailError(report);
  return `guardrails: ${report.trimEnd()}${unasked === undefined ? '' : `\n${unasked}`}`;
}

/** Orders of the pods that are tried beside that of the file. */
const ORDERS = 5;

/** Where the pods of an environment's objects land on the nodes of its budget. */
export function placementQuestion({ budget, placement }: Environment, objects: readonly unknown[]): PlacementQuestion {
  const nodes = Array.from({ length: budget.nodes }, (_, index) => ({
    name: `node-${index + 1}`,
    zone: `zone-${(index % budget.zones) + 1}`,
    cpu: `${budget.cpuMillisPerNode}m`,
    memory: `${budget.memoryMiBPerNode}Mi`,
    ephemeral: `${budget.ephemeralMiBPerNode}Mi`,
    pods: String(budget.podsPerNode),
    // The budget counts the nodes that the environment may use.
    labels: placement.nodeSelector,
  }));
  return { ask: 'placement', objects: objects.map((object) => ({ object })), nodes, orders: ORDERS };
}

/** What is worth a word: everything but the loss of the only node or zone, after which nothing runs anywhere. */
export function situations({ budget }: Environment, { scenarios = [] }: Answer): readonly Scenario[] {
  return scenarios.filter(
    ({ name }) =>
      !(name.startsWith('without zone') && budget.zones === 1) &&
      !(name.startsWith('without node') && budget.nodes === 1),
  );
}

/** What must leave no pod pending: what the budget says that the environment survives. */
export function promised(environment: Environment, answer: Answer): readonly Scenario[] {
  const survives = environment.budget.survives ?? 'node and zone';
  return situations(environment, answer).filter(
    ({ name }) =>
      !(name.startsWith('without zone') && survives !== 'node and zone') &&
      !(name.startsWith('without node') && survives === 'nothing'),
  );
}

/** Pods that no node takes, for the person who can change that: one sentence for the situations that leave the same pods. */
export function placementProblems(environment: Environment, answer: Answer): readonly string[] {
  const { nodes, cpuMillisPerNode, memoryMiBPerNode, zones } = environment.budget;
  const stuck = promised(environment, answer).flatMap((one) => {
    const pods = one.pending.filter(({ volume }) => volume !== true);
    return pods.length === 0 ? [] : [{ name: one.name, pods, why: pods[0]?.why ?? '' }];
  });
  const [worst] = stuck.toSorted((one, other) => other.pods.length - one.pods.length);
  if (worst === undefined) return [];
  const others = stuck.filter(({ name }) => name !== worst.name).map(({ name }) => name);
  const names = worst.pods.map(({ pod }) => pod.replace(/^[^/]*\//, ''));
  const shown = names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
  return [
    `${environment.name}: ${worst.name}: the scheduler leaves ${names.length} of the pods pending on ${nodes} nodes of ${cpuMillisPerNode}m and ${memoryMiBPerNode}Mi ` +
      `in ${zones} zones: ${shown} (${worst.why})` +
      `${others.length === 0 ? '' : `; also ${others.slice(0, 4).join(', ')}${others.length > 4 ? ` and ${others.length - 4} more situations` : ''}`}; ` +
      `lower 'maxReplicas' or the requests of these services, or raise 'nodes' or the size of a node in 'budget'`,
  ];
}

/** What the pods ask of a quota beyond what it grants. */
export function quotaProblems(environment: Environment, { quotas = [] }: Answer): readonly string[] {
  return quotas
    .filter(({ exceeded }) => exceeded === true)
    .map(
      ({ quota, resource, used, hard }) =>
        `${environment.name}: the quota ${quota} grants ${hard} of ${resource}, and the maximum in a rollout takes ${used}; the last pods would be refused`,
    );
}

/** Starts the programs that will be asked: they read their definitions while the platform is synthesized. */
export function prepareJudge({ environments }: Platform): void {
  const { judge } = judgeOfThisMachine();
  // Nothing is checked yet: a list or an entry may be missing, and a version a number.
  for (const environment of [environments ?? []].flat()) {
    const version: unknown = environment?.kubernetesVersion;
    if (judge !== undefined && typeof version === 'string') prepare(judge.program(version));
  }
}

/**
 * Starts to place the pods of every environment with Kubernetes' own scheduler, where the judge is built.
 * @returns what waits for the answers. It throws a PlatformError where pods would stay pending or be refused.
 */
export function startPlacement(plans: readonly Plan[], files: readonly ManifestFile[]): () => void {
  const { judge } = judgeOfThisMachine();
  if (judge === undefined) return () => undefined;
  const pending = plans.map(({ environment }) => {
    const objects = files.find(({ path }) => path === `${environment.name}.k8s.yaml`)?.objects ?? [];
    const question = placementQuestion(environment, objects);
    return { environment, wait: start(judge.program(environment.kubernetesVersion), [question]) };
  });
  return () => {
    const problems = pending.flatMap(({ environment, wait }) =>
      wait().flatMap((answer) => [...placementProblems(environment, answer), ...quotaProblems(environment, answer)]),
    );
    if (problems.length > 0) throw new PlatformError(problems);
  };
}
