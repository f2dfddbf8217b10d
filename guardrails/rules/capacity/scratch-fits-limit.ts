import type { ResourceName } from '../../container.ts';
import { exceeds } from '../../demand.ts';
import type { Problem } from '../../finding.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const scratchFitsLimit: Rule = {
  id: 'scratch-fits-limit',
  title: "The sizes of a pod's emptyDirs fit the limits of its containers",
  rationale:
    'The kubelet evicts a pod whose disk use passes the sum of its limits, and memory volumes count as memory: a volume filled as far as its sizeLimit allows would kill its own pod.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (platform.environmentOf(workload.namespace)) yield* unbounded(workload);
      for (const [medium, resource] of [
        ['Memory', 'memory'],
        ['', 'ephemeral-storage'],
      ] as const) {
        const bound = limitOf(workload, resource);
        const volumes = workload.pod
          .at('volumes')
          .items.filter(
            (volume) => volume.at('emptyDir').exists && (volume.at('emptyDir', 'medium').text ?? '') === medium,
          );
        const sizes = volumes.map((volume) => parseQuantity(volume.at('emptyDir', 'sizeLimit').value) ?? 0);
        const sum = sizes.reduce((bytes, size) => bytes + size, 0);
        const [first] = volumes;
        if (!first || bound === undefined || !exceeds(sum, bound)) continue;
        yield {
          at: first.at('emptyDir', 'sizeLimit'),
          message: `emptyDirs may hold ${formatBytes(sum)}, but the containers' limits of ${resource} are ${formatBytes(bound)} together`,
          fix: `Lower sizeLimit, or raise resources.limits.${resource}.`,
        };
      }
    }
  },
};

/** The limit of the whole pod; undefined when a container has none, for then the pod has none. */
function limitOf(workload: Workload, resource: ResourceName): number | undefined {
  const limits = workload.running.map((container) => container.limit(resource));
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === limits.length && known.length > 0 ? known.reduce((sum, limit) => sum + limit, 0) : undefined;
}

/** At home every emptyDir has a size: without one it grows until the node is full. */
function* unbounded(workload: Workload): Iterable<Problem> {
  for (const volume of workload.pod.at('volumes').items) {
    const scratch = volume.at('emptyDir');
    if (!scratch.exists || scratch.at('sizeLimit').exists) continue;
    yield {
      at: scratch,
      message: `emptyDir ${volume.at('name').scalar} has no sizeLimit`,
      fix: 'Set sizeLimit to what the container may write there.',
    };
  }
}
