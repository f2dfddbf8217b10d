import { NAMESPACE } from '../../annotations.ts';
import type { ResourceName } from '../../container.ts';
import {
  arithmetic,
  demandOf,
  exceeds,
  type Format,
  formatOf,
  podsOf,
  type Summand,
  total,
  whatToLower,
} from '../../demand.ts';
import type { Environment } from '../../environment.ts';
import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import { formatBytes } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';
import { storageClaims } from '../../storage-claims.ts';

export const budgetCarriesPeak: Rule = {
  id: 'budget-carries-peak',
  title: 'The nodes of an environment carry what its workloads may ask for at their peak',
  rationale:
    'Pods that fit no node stay Pending: the ceiling of an autoscaler is then a number that no cluster can reach.',
  severity: 'error',
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
