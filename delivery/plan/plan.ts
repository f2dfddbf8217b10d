import type { Environment } from '../../charts/plan/environment.ts';
import { type Field, Resource } from '../../guardrails/field.ts';
import type { Answer, PlacedWorkload, QuotaUse, Scenario } from '../../guardrails/judge/protocol.ts';
import { parseQuantity } from '../../guardrails/quantity.ts';
import { promised, situations } from '../../output/judge.ts';
import { titleOf } from '../diff/snapshot.ts';

/** What one side asks of the cluster, in cores and bytes. */
export interface Requests {
  readonly pods: number;
  readonly cpu: number;
  readonly memory: number;
}

export interface NodePlan {
  readonly name: string;
  readonly cpuShare: number;
  readonly memoryShare: number;
  /** `quotes 3, users 2`. */
  readonly pods: string;
  readonly count: number;
}

export interface EnvironmentPlan {
  readonly name: string;
  readonly budget: Environment['budget'];
  readonly nodes: readonly NodePlan[];
  readonly situations: readonly (Scenario & { readonly promised: boolean })[];
  readonly rollouts: readonly Rollout[];
  /** The fullest figures first. */
  readonly quotas: readonly (QuotaUse & { readonly share: number })[];
  /** At the minimum and at the maximum; `before` is absent for an environment that is new. */
  readonly requests: Readonly<Record<'minimum' | 'maximum', { readonly before?: Requests; readonly after: Requests }>>;
}

/** One state of an environment: its objects and the scheduler's answer. */
export interface Side {
  readonly objects: readonly unknown[];
  readonly answer: Answer;
}

export function planOf(environment: Environment, before: Side | undefined, after: Side): EnvironmentPlan {
  const { budget } = environment;
  const must = promised(environment, after.answer);
  const workloads = after.answer.workloads ?? [];
  const maximum = after.answer.scenarios?.find(({ name }) => name === 'maximum');
  const requests = (of: 'minimum' | 'maximum') => ({
    ...(before === undefined ? {} : { before: sum(before.answer, of) }),
    after: sum(after.answer, of),
  });
  return {
    name: environment.name,
    budget,
    nodes: Object.entries(maximum?.nodes ?? {})
      .map(([name, pods]) => nodeOf(name, pods, workloads, budget))
      .toSorted((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true })),
    situations: situations(environment, after.answer).map((one) => ({ ...one, promised: must.includes(one) })),
    rollouts: rollouts(before, after, workloads),
    quotas: (after.answer.quotas ?? [])
      .map((use) => ({ ...use, share: (parseQuantity(use.used) ?? 0) / (parseQuantity(use.hard) ?? 1) }))
      .toSorted((one, other) => other.share - one.share),
    requests: { minimum: requests('minimum'), maximum: requests('maximum') },
  };
}

function sum({ workloads = [] }: Answer, of: 'minimum' | 'maximum'): Requests {
  return {
    pods: workloads.reduce((total, one) => total + one[of], 0),
    cpu: workloads.reduce((total, one) => total + one[of] * (parseQuantity(one.cpu) ?? 0), 0),
    memory: workloads.reduce((total, one) => total + one[of] * (parseQuantity(one.memory) ?? 0), 0),
  };
}

function nodeOf(
  name: string,
  pods: readonly string[],
  workloads: readonly PlacedWorkload[],
  { cpuMillisPerNode, memoryMiBPerNode }: Environment['budget'],
): NodePlan {
  const counts = new Map<PlacedWorkload, number>();
  for (const pod of pods) {
    const [owner] = workloads
      .filter((one) => pod.startsWith(`${one.name}-`))
      .toSorted((one, other) => other.name.length - one.name.length);
    if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const used = (of: 'cpu' | 'memory') =>
    [...counts].reduce((total, [workload, count]) => total + count * (parseQuantity(workload[of]) ?? 0), 0);
  return {
    name,
    count: pods.length,
    cpuShare: used('cpu') / (cpuMillisPerNode / 1000),
    memoryShare: used('memory') / (memoryMiBPerNode * 2 ** 20),
    pods: [...counts].map(([{ name: workload }, count]) => `${workload.replace(/^[^/]*\//, '')} ${count}`).join(', '),
  };
}

function rollouts(before: Side | undefined, { objects }: Side, workloads: readonly PlacedWorkload[]) {
  const old = new Map((before?.objects ?? []).map((object) => [titleOf(resourceOf(object)), object]));
  return objects.flatMap((object) => {
    const now = resourceOf(object);
    const size = workloads.find((one) => one.name === `${now.namespace}/${now.name}`);
    return rolloutOf(old.get(titleOf(now)), object, size?.minimum ?? 0) ?? [];
  });
}

function resourceOf(object: unknown): Resource {
  return new Resource({ file: '', document: 0, within: [] }, object);
}

/** Pods that stay pending although the environment promises that they do not. */
export function stuckIn({ situations: all }: EnvironmentPlan): number {
  return all
    .filter((one) => one.promised)
    .reduce((count, { pending }) => count + pending.filter(({ volume }) => volume !== true).length, 0);
}

/** Money a month of 730 hours, where the environment says what a core and a GiB cost. */
export function monthly({ budget: { prices } }: EnvironmentPlan, { cpu, memory }: Requests): number | undefined {
  if (prices === undefined) return undefined;
  return 730 * (cpu * prices.perCoreHour + (memory / 2 ** 30) * prices.perGiBHour);
}

/** How the change of one workload goes, as far as its manifest says. */
export interface Rollout {
  readonly workload: string;
  readonly pods: number;
  /** Pods that are replaced at the same time, and steps that this takes. */
  readonly steps: number;
  /** Ready pods that are left while it goes on. */
  readonly lowestReady: number;
  /** From every pod ready at its first probe to every pod ready at the last one that it may fail. */
  readonly seconds: readonly [number, number];
}

/** Workloads whose template differs from before, rolled out at `pods` replicas. A StatefulSet goes pod by pod. */
export function rolloutOf(before: unknown, after: unknown, pods: number): Rollout | undefined {
  const { kind, name, root } = resourceOf(after);
  const [was, spec] = [resourceOf(before).root.at('spec'), root.at('spec')];
  const template = spec.at('template');
  if (pods === 0 || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind) || !was.exists) return undefined;
  if (JSON.stringify(was.at('template').value) === JSON.stringify(template.value)) return undefined;
  const { atOnce, unavailable } = paceOf(kind, spec, pods);
  const steps = Math.ceil(pods / Math.max(1, atOnce));
  const [soonest, latest] = readyAfter(template.at('spec'));
  const settle = spec.at('minReadySeconds').number ?? 0;
  return {
    workload: `${kind} ${name}`,
    pods,
    steps,
    lowestReady: pods - unavailable,
    seconds: [steps * (soonest + settle), steps * (latest + settle)],
  };
}

/** The controllers' own rounding: a surge up, unavailable pods down, and never neither. */
function paceOf(kind: string, spec: Field, pods: number) {
  if (kind !== 'Deployment') return { atOnce: 1, unavailable: 1 };
  if (spec.at('strategy', 'type').text === 'Recreate') return { atOnce: pods, unavailable: pods };
  const rolling = spec.at('strategy', 'rollingUpdate');
  const surge = share(rolling.at('maxSurge').value ?? '25%', pods, Math.ceil);
  const lacking = share(rolling.at('maxUnavailable').value ?? '25%', pods, Math.floor);
  const unavailable = surge === 0 && lacking === 0 ? 1 : lacking;
  return { atOnce: surge + unavailable, unavailable };
}

function share(value: unknown, pods: number, round: (value: number) => number): number {
  const text = String(value);
  return text.endsWith('%') ? round((Number(text.slice(0, -1)) * pods) / 100) : Number(text);
}

/** Seconds until a pod may be ready by its probes: at the first try, and at the last that the startup probe allows. */
function readyAfter(pod: Field): readonly [number, number] {
  const times = pod.at('containers').items.map((container) => {
    const [startup, readiness] = [container.at('startupProbe'), container.at('readinessProbe')];
    const figure = (probe: Field, name: string, otherwise: number) => probe.at(name).number ?? otherwise;
    const first = figure(startup, 'initialDelaySeconds', 0) + figure(readiness, 'initialDelaySeconds', 0);
    const patience = figure(startup, 'failureThreshold', 3) * figure(startup, 'periodSeconds', 10);
    return [first + 1, first + figure(readiness, 'periodSeconds', 10) + (startup.exists ? patience : 0)] as const;
  });
  return [Math.max(1, ...times.map(([soonest]) => soonest)), Math.max(1, ...times.map(([, latest]) => latest))];
}
