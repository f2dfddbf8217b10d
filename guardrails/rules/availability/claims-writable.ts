import type { Container } from '../../container.ts';
import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { claimOfVolume } from '../../storage-claims.ts';
import type { Workload } from '../../workload.ts';

/** Who owns a fresh volume is up to its driver, so a missing fsGroup is a fault only where the environment declares itself. */
export const claimsWritable: Rule = {
  id: 'claims-writable',
  title: 'What mounts a claimed volume for writing may write to it',
  rationale:
    'The volume is mounted, and the program ends at its first write: permission denied, or a read-only file system.',
  severity: 'error',
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
