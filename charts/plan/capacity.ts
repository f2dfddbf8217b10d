import { problemsWhere } from '../constructs/lists.ts';
import type { Resources } from '../constructs/quantity.ts';
import type { NodeBudget } from './environment.ts';
import { atPeak, type ResourceDemand, totalOf } from './resource-demand.ts';

const DIMENSIONS = [
  { key: 'cpuMillis', unit: 'm', label: 'CPU', perNode: 'cpuMillisPerNode' },
  { key: 'memoryMiB', unit: 'Mi', label: 'memory', perNode: 'memoryMiBPerNode' },
  { key: 'ephemeralMiB', unit: 'Mi', label: 'ephemeral storage', perNode: 'ephemeralMiBPerNode' },
] as const;

type Dimension = (typeof DIMENSIONS)[number];

/**
 * What of the demands at their peak does not fit the nodes: in sum, pod by pod, and in pods. Whether a sum that fits can be placed is
 * the scheduler's answer (output/judge.ts). Every sentence shows the arithmetic and names the largest maximum to lower.
 */
export function budgetProblems(demands: readonly ResourceDemand[], budget: NodeBudget): string[] {
  return [
    ...DIMENSIONS.flatMap((dimension) => sumProblem(demands, budget, dimension)),
    ...DIMENSIONS.flatMap((dimension) => podSizeProblems(demands, budget, dimension)),
    ...podProblems(demands, budget),
  ];
}

function sumProblem(demands: readonly ResourceDemand[], budget: NodeBudget, dimension: Dimension): string[] {
  const asked = totalOf(demands, atPeak).requests[dimension.key];
  const given = budget.nodes * budget[dimension.perNode];
  if (asked <= given) return [];
  return [
    `${dimension.label} requests at the peak are ${asked}${dimension.unit} (${arithmetic(demands, dimension)}), ` +
      `but ${budget.nodes} nodes of ${budget[dimension.perNode]}${dimension.unit} give ${given}${dimension.unit}; ` +
      `lower the maximum of ${largest(demands, dimension)} or add nodes`,
  ];
}

/** A sum may fit nodes of which none takes the largest pod. */
function podSizeProblems(
  demands: readonly ResourceDemand[],
  budget: NodeBudget,
  { key, unit, label, perNode }: Dimension,
) {
  const given = budget[perNode];
  return demands
    .filter((demand) => (demand.requests[key] ?? 0) > given)
    .map(
      ({ name, requests }) =>
        `one pod of ${name} requests ${requests[key]}${unit} of ${label}, but a node gives ${given}${unit}; ask for less or take larger nodes`,
    );
}

function podProblems(demands: readonly ResourceDemand[], budget: NodeBudget): string[] {
  const pods = totalOf(demands, atPeak).pods;
  const room = budget.nodes * budget.podsPerNode;
  const crowded = demands
    .filter((demand) => demand.hosts === 'exclusive' && demand.maxPods > budget.nodes)
    .map(
      (demand) =>
        `${demand.name} wants ${demand.maxPods} hosts of its own, but the budget has ${budget.nodes}; add nodes`,
    );
  return [
    ...problemsWhere({
      [`${pods} pods at the peak, but ${budget.nodes} nodes take ${room}; lower a maximum or add nodes`]: pods > room,
    }),
    ...crowded,
    ...storageProblems(demands, budget),
  ];
}

function storageProblems(demands: readonly ResourceDemand[], budget: NodeBudget): string[] {
  const asked = totalOf(demands, atPeak).storageGi;
  if (asked <= budget.storageGi) return [];
  const claims = demands
    .filter((demand) => demand.claimsGi.length > 0)
    .map((demand) => `${demand.name} ${demand.maxPods} x ${demand.claimsGi.join(' + ')}Gi`);
  return [
    `volume claims are ${asked}Gi (${claims.join(', ')}), but the budget gives ${budget.storageGi}Gi; claim less or raise it`,
  ];
}

function arithmetic(demands: readonly ResourceDemand[], { key, unit }: Dimension): string {
  return demands
    .filter((demand) => atPeak(demand) * (demand.requests[key] ?? 0) > 0)
    .map((demand) => `${demand.name} ${atPeak(demand)} x ${demand.requests[key]}${unit}`)
    .join(' + ');
}

function largest(demands: readonly ResourceDemand[], { key }: Dimension): string {
  const share = (resources: Resources, pods: number) => pods * (resources[key] ?? 0);
  const [first] = [...demands].sort((a, b) => share(b.requests, b.peakPods) - share(a.requests, a.peakPods));
  return first === undefined ? 'a service' : `${first.name} (${first.maxPods})`;
}
