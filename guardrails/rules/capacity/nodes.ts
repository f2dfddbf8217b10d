import { NAMESPACE } from '../../annotations.ts';
import {
  arithmetic,
  demandOf,
  exceeds,
  type Format,
  formatOf,
  podCount,
  podsOf,
  type Summand,
  total,
  whatToLower,
} from '../../demand.ts';
import type { Environment } from '../../environment.ts';
import type { Platform } from '../../platform.ts';
import { limitRangeDefaults, podFigure } from '../../pod-resources.ts';
import { formatBytes } from '../../quantity.ts';
import type { Problem, Rule } from '../../rule.ts';
import { exclusiveHosts, hardHostSpread } from '../../scaling.ts';
import { storageClaims } from '../../storage-claims.ts';
import type { ResourceName, Workload } from '../../workload.ts';

const budgetCarriesPeak: Rule = {
  id: 'budget-carries-peak',
  title: 'The nodes of an environment carry what its workloads may ask for at their peak',
  rationale:
    'Pods that fit no node stay Pending: the ceiling of an autoscaler is then a number that no cluster can reach.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled',
  *check(platform) {
    for (const environment of platform.environments) {
      const workloads = environment.namespaces.flatMap(({ name }) => platform.workloadsIn(name));
      const { nodes, cpu, memory, ephemeralStorage, pods } = environment.budget;
      const requested = (resource: ResourceName) => demandOf(platform, workloads, 'requests', resource);
      const rows: readonly Row[] = [
        {
          what: 'CPU requests',
          annotation: NAMESPACE.budgetCpu,
          each: cpu,
          summands: requested('cpu'),
          format: formatOf('cpu'),
        },
        {
          what: 'memory requests',
          annotation: NAMESPACE.budgetMemory,
          each: memory,
          summands: requested('memory'),
          format: formatBytes,
        },
        {
          what: 'ephemeral storage requests',
          annotation: NAMESPACE.budgetEphemeralStorage,
          each: ephemeralStorage,
          summands: requested('ephemeral-storage'),
          format: formatBytes,
        },
        {
          what: 'pods',
          annotation: NAMESPACE.budgetPods,
          each: pods,
          summands: podsOf(platform, workloads),
          format: String,
        },
      ];
      for (const row of rows) yield* overrun(platform, environment, nodes, row);
      yield* storage(platform, environment);
    }
  },
};

interface Row {
  readonly what: string;
  readonly annotation: string;
  /** Of one node. */
  readonly each: number | undefined;
  readonly summands: readonly Summand[];
  readonly format: Format;
}

function* overrun(
  platform: Platform,
  environment: Environment,
  nodes: number | undefined,
  row: Row,
): Iterable<Problem> {
  const { what, annotation, each, summands, format } = row;
  const sum = total(summands);
  if (nodes === undefined || each === undefined || !exceeds(sum, nodes * each)) return;
  yield {
    at: environment.declaredBy.annotation(annotation),
    message: `${what} may reach ${arithmetic(summands, format)} = ${format(sum)} > ${format(nodes * each)} (${nodes} nodes x ${format(each)})`,
    fix: `${whatToLower(platform, summands)}, or add nodes.`,
  };
}

function* storage(platform: Platform, environment: Environment): Iterable<Problem> {
  const bound = environment.budget.storage;
  const claims = environment.namespaces.flatMap(({ name }) => storageClaims(platform, name));
  const sum = claims.reduce((bytes, claim) => bytes + claim.bytes * claim.count, 0);
  if (bound === undefined || !exceeds(sum, bound)) return;
  const sums = claims.map(({ owner, name, bytes, count }) => `${owner.name}/${name} ${count} x ${formatBytes(bytes)}`);
  yield {
    at: environment.declaredBy.annotation(NAMESPACE.budgetStorage),
    message: `claims are ${sums.join(' + ')} = ${formatBytes(sum)} > ${formatBytes(bound)}`,
    fix: 'Lower the size of a claim, or declare more storage.',
  };
}

const hostsAreEnough: Rule = {
  id: 'hosts-are-enough',
  title: 'There are hosts enough for pods that need one each',
  rationale:
    'A required anti-affinity or a spread over more hosts than there are keeps pods Pending, whatever room the hosts have.',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity',
  *check(platform) {
    for (const { budget, namespaces } of platform.environments) {
      const workloads = namespaces.flatMap(({ name }) => platform.workloadsIn(name));
      if (budget.nodes !== undefined) yield* enoughHosts(platform, budget.nodes, workloads);
    }
  },
};

function* enoughHosts(platform: Platform, nodes: number, workloads: readonly Workload[]): Iterable<Problem> {
  for (const workload of workloads) {
    const { ceiling, surge, ceilingAt } = podCount(platform, workload);
    const exclusive = exclusiveHosts(workload);
    if (exclusive && ceiling + surge > nodes) {
      const during = surge > 0 ? ` and ${surge} of a rollout` : '';
      yield {
        at: exclusive,
        message: `${ceiling} pods${during} need a host each, but the environment has ${nodes} nodes`,
        fix: `Lower ${ceilingAt} of ${ceilingAt.resource}${surge > 0 ? ' or the surge' : ''}, prefer the anti-affinity instead of requiring it, or add nodes.`,
      };
    }
    for (const constraint of hardHostSpread(workload)) {
      const domains = constraint.at('minDomains');
      if ((domains.number ?? 0) <= nodes) continue;
      yield {
        at: domains,
        message: `asks for ${domains.number} hosts, but the environment has ${nodes} nodes`,
        fix: `Lower minDomains to ${nodes} at most.`,
      };
    }
  }
}

const podFitsNode: Rule = {
  id: 'pod-fits-node',
  title: 'Every pod fits one node of its environment',
  rationale: 'A pod that asks for more than any node has stays Pending for ever, however many nodes there are.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#my-pods-are-pending-with-event-message-failedscheduling',
  *check(platform) {
    for (const workload of platform.workloads) {
      const budget = platform.environmentOf(workload.namespace)?.budget;
      if (!budget) continue;
      const rows = [
        ['cpu', budget.cpu],
        ['memory', budget.memory],
        ['ephemeral-storage', budget.ephemeralStorage],
      ] as const;
      for (const [resource, bound] of rows) {
        const asked = podFigure(workload, 'requests', resource, limitRangeDefaults(platform, workload.namespace));
        if (bound === undefined || !exceeds(asked, bound)) continue;
        const format = formatOf(resource);
        yield {
          at: workload.pod,
          message: `a pod requests ${format(asked)} of ${resource}, more than the ${format(bound)} of one node`,
          fix: 'Lower the requests of its containers, or take larger nodes.',
        };
      }
    }
  },
};

export const nodesRules: readonly Rule[] = [budgetCarriesPeak, hostsAreEnough, podFitsNode];
