import type { Demand } from './demand.ts';
import type { NodeBudget } from './environments/environment.ts';
import type { Resources } from './services/service.ts';

/** Sum over pods: CPU in millicores, memory and disk in MiB. */
export interface Total {
  readonly pods: number;
  readonly requests: { readonly cpuMillis: number; readonly memoryMiB: number; readonly ephemeralMiB: number };
  readonly limits: { readonly cpuMillis: number; readonly memoryMiB: number; readonly ephemeralMiB: number };
  readonly claims: number;
  readonly storageGi: number;
}

type PodCount = (demand: Demand) => number;

/** Everything at once: ceilings, surge, pods still terminating, jobs. The quota. */
export const atPeak: PodCount = (demand) => demand.peakPods;
/** A quiet hour. */
export const atFloor: PodCount = (demand) => demand.floorPods;
/** Every autoscaler at its ceiling, nothing rolling out. */
export const atCeiling: PodCount = (demand) => demand.ceilingPods;

/** Adds up what the demands ask for with so many pods each. Claims stay bound whatever runs, so they count at the ceiling. */
export function totalOf(demands: readonly Demand[], podsOf: PodCount): Total {
  const add = (pick: (demand: Demand) => number) => demands.reduce((sum, demand) => sum + pick(demand), 0);
  const resources = (kind: 'requests' | 'limits') => ({
    cpuMillis: add((demand) => podsOf(demand) * demand[kind].cpuMillis),
    memoryMiB: add((demand) => podsOf(demand) * demand[kind].memoryMiB),
    ephemeralMiB: add((demand) => podsOf(demand) * (demand[kind].ephemeralMiB ?? 0)),
  });
  return {
    pods: add(podsOf),
    requests: resources('requests'),
    limits: resources('limits'),
    claims: add((demand) => demand.ceilingPods * demand.claimsGi.length),
    storageGi: add((demand) => demand.ceilingPods * demand.claimsGi.reduce((sum, size) => sum + size, 0)),
  };
}

/** The dimensions in which a budget can be too small. */
const DIMENSIONS = [
  { key: 'cpuMillis', unit: 'm', label: 'CPU', perNode: 'cpuMillisPerNode' },
  { key: 'memoryMiB', unit: 'Mi', label: 'memory', perNode: 'memoryMiBPerNode' },
  { key: 'ephemeralMiB', unit: 'Mi', label: 'ephemeral storage', perNode: 'ephemeralMiBPerNode' },
] as const;

type Dimension = (typeof DIMENSIONS)[number];

/**
 * What of the demands at their peak does not fit the nodes: in sum, pod by pod, per host where pods spread evenly, and in pods.
 * Every sentence shows the arithmetic and names the largest ceiling to lower.
 */
export function budgetProblems(demands: readonly Demand[], budget: NodeBudget): string[] {
  return [
    ...DIMENSIONS.flatMap((dimension) => sumProblem(demands, budget, dimension)),
    ...DIMENSIONS.flatMap((dimension) => podSizeProblems(demands, budget, dimension)),
    ...DIMENSIONS.flatMap((dimension) => hostProblem(demands, budget, dimension)),
    ...podProblems(demands, budget),
  ];
}

function sumProblem(demands: readonly Demand[], budget: NodeBudget, dimension: Dimension): string[] {
  const asked = totalOf(demands, atPeak).requests[dimension.key];
  const given = budget.nodes * budget[dimension.perNode];
  if (asked <= given) return [];
  return [
    `${dimension.label} requests at the peak are ${asked}${dimension.unit} (${arithmetic(demands, dimension, atPeak)}), ` +
      `but ${budget.nodes} nodes of ${budget[dimension.perNode]}${dimension.unit} give ${given}${dimension.unit}; ` +
      `lower the ceiling of ${largest(demands, dimension)} or add nodes`,
  ];
}

/** A sum may fit nodes of which none takes the largest pod. */
function podSizeProblems(demands: readonly Demand[], budget: NodeBudget, { key, unit, label, perNode }: Dimension) {
  const given = budget[perNode];
  return demands
    .filter((demand) => (demand.requests[key] ?? 0) > given)
    .map(
      ({ name, requests }) =>
        `one pod of ${name} requests ${requests[key]}${unit} of ${label}, but a node gives ${given}${unit}; ask for less or take larger nodes`,
    );
}

/** Even spread puts up to ceil(peak / nodes) pods of each on one host; they must fit there together. */
function hostProblem(demands: readonly Demand[], budget: NodeBudget, dimension: Dimension): string[] {
  const even = demands.filter((demand) => demand.hosts !== 'any');
  const onOneHost: PodCount = (demand) => Math.ceil(demand.peakPods / budget.nodes);
  const asked = totalOf(even, onOneHost).requests[dimension.key];
  const given = budget[dimension.perNode];
  if (asked <= given) return [];
  return [
    `${dimension.label} requests of the pods that spread evenly over ${budget.nodes} nodes are ${asked}${dimension.unit} on one node ` +
      `(${arithmetic(even, dimension, onOneHost)}), but it gives ${given}${dimension.unit}; ` +
      `lower the ceiling of ${largest(even, dimension)} or add nodes`,
  ];
}

function podProblems(demands: readonly Demand[], budget: NodeBudget): string[] {
  const pods = totalOf(demands, atPeak).pods;
  const room = budget.nodes * budget.podsPerNode;
  const tooMany =
    pods > room
      ? [`${pods} pods at the peak, but ${budget.nodes} nodes take ${room}; lower a ceiling or add nodes`]
      : [];
  const crowded = demands
    .filter((demand) => demand.hosts === 'exclusive' && demand.ceilingPods > budget.nodes)
    .map(
      (demand) =>
        `${demand.name} wants ${demand.ceilingPods} hosts of its own, but the budget has ${budget.nodes}; add nodes`,
    );
  return [...tooMany, ...crowded, ...storageProblems(demands, budget)];
}

function storageProblems(demands: readonly Demand[], budget: NodeBudget): string[] {
  const asked = totalOf(demands, atPeak).storageGi;
  if (asked <= budget.storageGi) return [];
  const claims = demands
    .filter((demand) => demand.claimsGi.length > 0)
    .map((demand) => `${demand.name} ${demand.ceilingPods} x ${demand.claimsGi.join(' + ')}Gi`);
  return [
    `volume claims are ${asked}Gi (${claims.join(', ')}), but the budget gives ${budget.storageGi}Gi; claim less or raise it`,
  ];
}

function arithmetic(demands: readonly Demand[], { key, unit }: Dimension, podsOf: PodCount): string {
  return demands
    .filter((demand) => podsOf(demand) * (demand.requests[key] ?? 0) > 0)
    .map((demand) => `${demand.name} ${podsOf(demand)} x ${demand.requests[key]}${unit}`)
    .join(' + ');
}

function largest(demands: readonly Demand[], { key }: Dimension): string {
  const share = (resources: Resources, pods: number) => pods * (resources[key] ?? 0);
  const [first] = [...demands].sort((a, b) => share(b.requests, b.peakPods) - share(a.requests, a.peakPods));
  return first === undefined ? 'a service' : `${first.name} (${first.ceilingPods})`;
}
