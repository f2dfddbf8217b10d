import { commandWords } from '../../config-text.ts';
import { exceeds, podCount } from '../../demand.ts';
import type { Field } from '../../field.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import { redisBytes } from '../../redis.ts';
import { eachContainer, eachRunning, eachWorkload, type Problem, rules } from '../../rule.ts';
import { claimOfVolume } from '../../storage-claims.ts';
import type { Container, ResourceName, Workload } from '../../workload.ts';

export const volumesRules = rules({
  'claim-shared-by-pods': {
    title: 'A volume that one node mounts at a time is not shared by several pods of a Deployment',
    rationale: 'The second pod, or that of a rollout, waits for a volume that another node still holds.',
    docs: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes',
    check: eachWorkload(function* (workload, platform) {
      const { floor, ceiling, surge } = podCount(platform, workload);
      if (workload.kind !== 'Deployment' || ceiling + surge < 2) return;
      for (const volume of workload.pod.at('volumes').items) {
        const claim = claimOfVolume(platform, workload, volume.at('name').text);
        const modes = claim?.spec.at('accessModes').words ?? [];
        const isSingle = modes.length > 0 && modes.every((mode) => /^ReadWriteOnce(Pod)?$/.test(mode));
        if (!claim || !isSingle) continue;
        const during = surge > 0 ? ` (${surge} of a rollout)` : '';
        const message = `claim ${claim.name} is ${modes.join(', ')}, but ${ceiling + surge} pods may want it at once${during}`;
        const fix =
          'Set strategy.type to Recreate with one replica, use a StatefulSet with volumeClaimTemplates, or a volume that many nodes may mount.';
        // One pod and its successor often meet on one node; several that stay seldom do.
        const elsewhere = modes.includes('ReadWriteOncePod') ? 'error' : floor > 1 ? 'warning' : 'note';
        yield { at: volume.at('persistentVolumeClaim', 'claimName'), message, fix, elsewhere };
      }
    }),
  },
  'claims-writable': {
    title: 'What mounts a claimed volume for writing may write to it',
    rationale: 'The volume is mounted, and the program ends at its first write: permission denied, or read-only.',
    docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod',
    check: eachContainer(function* (container, platform) {
      const { workload, name } = container;
      const isOwn = platform.environmentOf(workload.namespace) !== undefined;
      for (const at of container.field.at('volumeMounts').items) {
        const claim = claimOfVolume(platform, workload, at.at('name').text);
        if (!claim || at.at('readOnly').flag === true) continue;
        const modes = claim.spec.at('accessModes').words;
        if (modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany')) {
          const message = `container ${name} mounts claim ${claim.name} for writing, but its access mode is ReadOnlyMany`;
          const fix = 'Add an access mode that allows writing, such as ReadWriteOnce, or mount it with readOnly: true.';
          yield { at, message, fix };
          // Who owns a fresh volume is up to its driver: without fsGroup it is a fault only where the environment declares itself.
        } else if (isOwn && !isRoot(container) && !workload.pod.at('securityContext', 'fsGroup').exists) {
          const message = `container ${name} does not run as root and the pod has no fsGroup, so a fresh claim ${claim.name} is not its own to write to`;
          yield { at, message, fix: 'Set spec.securityContext.fsGroup of the pod to the group of the process.' };
        }
      }
    }),
  },
  'retention-fits-volume': {
    title: 'What Prometheus may keep fits the volume that it keeps it on',
    rationale: 'It drops old blocks only above that size: on a smaller disk it stops recording first, alerts included.',
    docs: 'https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects',
    check: eachRunning(function* (container, platform) {
      for (const { word, at } of commandWords(container)) {
        const kept = redisBytes(/^--storage\.tsdb\.retention\.size=(.+)$/.exec(word)?.[1]);
        const mounts = kept === undefined ? [] : container.field.all('volumeMounts', '*', 'name');
        const [claim] = mounts.flatMap(({ text }) => claimOfVolume(platform, container.workload, text) ?? []);
        if (kept === undefined || !claim || !exceeds(kept, claim.bytes)) continue;
        const message = `retention of ${formatBytes(kept)} does not fit claim ${claim.name} of ${formatBytes(claim.bytes)}`;
        const fix = 'Lower --storage.tsdb.retention.size below the size of the claim, or raise the claim.';
        yield { at, message, fix };
      }
    }),
  },
  'scratch-fits-limit': {
    title: "The sizes of a pod's emptyDirs fit the limits of its containers",
    rationale: 'The kubelet evicts a pod whose disk use passes its limits, and memory volumes count as memory.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage',
    check: eachWorkload(function* (workload, platform) {
      if (platform.environmentOf(workload.namespace)) yield* unbounded(workload);
      yield* tooLarge(workload, 'Memory', 'memory');
      yield* tooLarge(workload, '', 'ephemeral-storage');
    }),
  },
});

/** Whether it may run as root: neither it nor its pod says otherwise. */
function isRoot({ workload, field }: Container): boolean {
  const says = (key: string): Field => {
    const own = field.at('securityContext', key);
    return own.exists ? own : workload.pod.at('securityContext', key);
  };
  return says('runAsNonRoot').flag !== true && (says('runAsUser').number ?? 0) === 0;
}

/** At home every emptyDir has a size: without one it grows until the node is full. */
function* unbounded({ pod }: Workload): Iterable<Problem> {
  for (const volume of pod.at('volumes').items) {
    const at = volume.at('emptyDir');
    if (!at.exists || at.at('sizeLimit').exists) continue;
    const fix = 'Set sizeLimit to what the container may write there.';
    yield { at, message: `emptyDir ${volume.at('name').scalar} has no sizeLimit`, fix };
  }
}

/** A pod has a limit only where each of its containers has one. */
function* tooLarge(workload: Workload, medium: string, resource: ResourceName): Iterable<Problem> {
  const limits = workload.running.map((container) => container.limit(resource) ?? Number.POSITIVE_INFINITY);
  const bound = limits.reduce((sum, limit) => sum + limit, 0);
  const scratch = workload.pod.all('volumes', '*', 'emptyDir');
  const sizes = scratch
    .filter((volume) => volume.exists && (volume.at('medium').text ?? '') === medium)
    .map((volume) => volume.at('sizeLimit'));
  const sum = sizes.reduce((bytes, { value }) => bytes + (parseQuantity(value) ?? 0), 0);
  const [at] = sizes;
  if (!at || limits.length === 0 || !exceeds(sum, bound)) return;
  const message = `emptyDirs may hold ${formatBytes(sum)}, but the containers' limits of ${resource} are ${formatBytes(bound)} together`;
  yield { at, message, fix: `Lower sizeLimit, or raise resources.limits.${resource}.` };
}
