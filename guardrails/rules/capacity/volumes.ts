import { commandWords } from '../../config-text.ts';
import { exceeds, podCount } from '../../demand.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import { dataClaim, dataFolder, redisBytes, redisServers } from '../../redis.ts';
import type { Problem, Rule } from '../../rule.ts';
import { claimOfVolume } from '../../storage-claims.ts';
import type { Container, ResourceName, Workload } from '../../workload.ts';

const claimSharedByPods: Rule = {
  id: 'claim-shared-by-pods',
  title: 'A volume that one node mounts at a time is not shared by several pods of a Deployment',
  rationale:
    'The second pod, or the new one of a rollout, waits for a volume that the first still holds on another node: Multi-Attach error, and the rollout hangs.',
  docs: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (workload.kind !== 'Deployment') continue;
      const { ceiling, surge } = podCount(platform, workload);
      if (ceiling + surge < 2) continue;
      for (const volume of workload.pod.at('volumes').items) {
        const claim = claimOfVolume(platform, workload, volume.at('name').text ?? '');
        const modes = claim?.spec.at('accessModes').items.map(({ text }) => text) ?? [];
        const single =
          modes.length > 0 && modes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod');
        if (!claim || !single) continue;
        const sure = modes.includes('ReadWriteOncePod') || platform.environmentOf(workload.namespace) !== undefined;
        yield {
          at: volume.at('persistentVolumeClaim', 'claimName'),
          message: `claim ${claim.name} is ${modes.join(', ')}, but ${ceiling + surge} pods may want it at once${surge > 0 ? ` (${surge} of a rollout)` : ''}`,
          fix: 'Set strategy.type to Recreate with one replica, use a StatefulSet with volumeClaimTemplates, or a volume that many nodes may mount.',
          severity: sure ? 'error' : 'note',
        };
      }
    }
  },
};

/** Who owns a fresh volume is up to its driver, so a missing fsGroup is a fault only where the environment declares itself. */
const claimsWritable: Rule = {
  id: 'claims-writable',
  title: 'What mounts a claimed volume for writing may write to it',
  rationale:
    'The volume is mounted, and the program ends at its first write: permission denied, or a read-only file system.',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.containers) {
        for (const mount of container.field.at('volumeMounts').items) {
          if (mount.at('readOnly').flag !== true) yield* judge(platform, workload, { container, mount });
        }
      }
    }
  },
};

function* judge(
  platform: Platform,
  workload: Workload,
  { container, mount }: { readonly container: Container; readonly mount: Field },
): Iterable<Problem> {
  const claim = claimOfVolume(platform, workload, mount.at('name').text ?? '');
  if (!claim) return;
  const modes = claim.spec.at('accessModes').items.map(({ text }) => text);
  if (modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany')) {
    yield {
      at: mount,
      message: `container ${container.name} mounts claim ${claim.name} for writing, but its access mode is ReadOnlyMany`,
      fix: 'Add an access mode that allows writing, such as ReadWriteOnce, or mount it with readOnly: true.',
    };
  } else if (
    platform.environmentOf(workload.namespace) &&
    !isRoot(workload, container) &&
    !workload.pod.at('securityContext', 'fsGroup').exists
  ) {
    yield {
      at: mount,
      message: `container ${container.name} does not run as root and the pod has no fsGroup, so a fresh claim ${claim.name} is not its own to write to`,
      fix: 'Set spec.securityContext.fsGroup of the pod to the group of the process.',
    };
  }
}

/** Whether it may run as root: neither it nor its pod says otherwise. */
function isRoot({ pod }: Workload, { field }: Container): boolean {
  const says = (key: string): Field => {
    const own = field.at('securityContext', key);
    return own.exists ? own : pod.at('securityContext', key);
  };
  return says('runAsNonRoot').flag !== true && (says('runAsUser').number ?? 0) === 0;
}

/** While Redis rewrites its append-only file, the old and the new one are on the disk. */
const FILES_DURING_REWRITE = 2;

const persistenceHasVolume: Rule = {
  id: 'persistence-has-volume',
  title: 'A Redis that keeps an append-only file keeps it on a claimed volume that is large enough',
  rationale:
    'What is written to the container or to an emptyDir is gone with the pod: the persistence is only on paper.',
  docs: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  *check(platform) {
    for (const server of redisServers(platform)) {
      const appendOnly = server.directive('appendonly');
      if (appendOnly?.value !== 'yes') continue;
      const claim = dataClaim(platform, server);
      const own = platform.environmentOf(server.workload.namespace) !== undefined;
      if (!claim) {
        yield {
          at: appendOnly.at,
          message: `appendonly is yes, but ${dataFolder(server)} of container ${server.container.name} is on no claimed volume that it may write to`,
          fix: 'Mount a volume from a claim (volumeClaimTemplates) there, or set appendonly to no.',
          severity: own ? 'error' : 'warning',
        };
        continue;
      }
      const data = redisBytes(server.directive('maxmemory')?.value) ?? 0;
      if (claim.bytes === 0 || !exceeds(data * FILES_DURING_REWRITE, claim.bytes)) continue;
      yield {
        at: claim.spec.at('resources', 'requests', 'storage'),
        message: `claim ${claim.name} has ${formatBytes(claim.bytes)}, but maxmemory ${formatBytes(data)} needs twice that while the append-only file is rewritten`,
        fix: `Raise the claim to ${formatBytes(data * FILES_DURING_REWRITE)} at least, or lower maxmemory.`,
      };
    }
  },
};

const FLAG = /^--storage\.tsdb\.retention\.size=(.+)$/;

const retentionFitsVolume: Rule = {
  id: 'retention-fits-volume',
  title: 'What Prometheus may keep fits the volume that it keeps it on',
  rationale:
    'Prometheus drops old blocks by size only below the size of its disk: above it the disk fills and it stops recording, alerts included.',
  docs: 'https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.running) {
        for (const { word, at } of commandWords(container)) {
          const kept = redisBytes(FLAG.exec(word)?.[1]);
          if (kept === undefined) continue;
          const claims = container.field
            .at('volumeMounts')
            .items.flatMap((mount) => claimOfVolume(platform, workload, mount.at('name').text ?? '') ?? []);
          const [claim] = claims;
          if (!claim || !exceeds(kept, claim.bytes)) continue;
          yield {
            at,
            message: `retention of ${formatBytes(kept)} does not fit claim ${claim.name} of ${formatBytes(claim.bytes)}`,
            fix: 'Lower --storage.tsdb.retention.size below the size of the claim, or raise the claim.',
          };
        }
      }
    }
  },
};

const scratchFitsLimit: Rule = {
  id: 'scratch-fits-limit',
  title: "The sizes of a pod's emptyDirs fit the limits of its containers",
  rationale:
    'The kubelet evicts a pod whose disk use passes the sum of its limits, and memory volumes count as memory: a volume filled as far as its sizeLimit allows would kill its own pod.',
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

export const volumesRules: readonly Rule[] = [
  claimSharedByPods,
  claimsWritable,
  persistenceHasVolume,
  retentionFitsVolume,
  scratchFitsLimit,
];
