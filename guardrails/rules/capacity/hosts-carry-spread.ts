import { NAMESPACE } from '../../annotations.ts';
import { arithmetic, exceeds, formatOf, type Summand, total, whatToLower } from '../../demand.ts';
import type { Environment } from '../../environment.ts';
import type { Problem } from '../../finding.ts';
import { limitRangeDefaults } from '../../limit-range.ts';
import { exclusiveHosts, hardHostSpread } from '../../placement.ts';
import type { Platform } from '../../platform.ts';
import { podCount } from '../../pod-count.ts';
import { podFigure } from '../../pod-resources.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const hostsCarrySpread: Rule = {
  id: 'hosts-carry-spread',
  title: 'One node carries its share of what must spread evenly, and there are hosts enough for what needs one each',
  rationale:
    'A hard spread or a required anti-affinity keeps pods Pending although the cluster as a whole has room: the sum fits, the share of one node does not.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/',
  *check(platform) {
    for (const environment of platform.environments) {
      const workloads = environment.namespaces.flatMap(({ name }) => platform.workloadsIn(name));
      const { nodes } = environment.budget;
      if (nodes === undefined) continue;
      yield* shareOfOne(platform, environment, nodes, workloads);
      yield* enoughHosts(platform, nodes, workloads);
    }
  },
};

function* shareOfOne(
  platform: Platform,
  { budget, declaredBy }: Environment,
  nodes: number,
  workloads: readonly Workload[],
): Iterable<Problem> {
  const rows = [
    ['cpu', NAMESPACE.budgetCpu, budget.cpu],
    ['memory', NAMESPACE.budgetMemory, budget.memory],
    ['ephemeral-storage', NAMESPACE.budgetEphemeralStorage, budget.ephemeralStorage],
  ] as const;
  for (const [resource, annotation, bound] of rows) {
    const summands = workloads.map((workload): Summand => {
      const defaults = limitRangeDefaults(platform, workload.namespace);
      return {
        workload,
        pods: onOneHost(platform, workload, nodes),
        each: podFigure(workload, 'requests', resource, defaults),
      };
    });
    const sum = total(summands);
    if (bound === undefined || !exceeds(sum, bound)) continue;
    const format = formatOf(resource);
    yield {
      at: declaredBy.annotation(annotation),
      message: `${resource} requests on one node may be ${arithmetic(summands, format)} = ${format(sum)} > ${format(bound)}, the share of what spreads evenly over ${nodes} nodes`,
      fix: `${whatToLower(platform, summands)}, or take larger or more nodes.`,
    };
  }
}

/** Pods of a workload that one host must take: its share when they spread evenly, one when it must be somewhere at all. */
function onOneHost(platform: Platform, workload: Workload, nodes: number): number {
  const { peak } = podCount(platform, workload);
  const [constraint] = hardHostSpread(workload);
  if (!constraint) return 0;
  const skew = constraint.at('maxSkew').number ?? 1;
  return Math.min(peak, Math.ceil(peak / nodes) + skew - 1);
}

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
