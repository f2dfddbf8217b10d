import { podCount } from '../../pod-count.ts';
import type { Rule } from '../../rule.ts';
import { claimOfVolume } from '../../storage-claims.ts';

export const claimSharedByPods: Rule = {
  id: 'claim-shared-by-pods',
  title: 'A volume that one node mounts at a time is not shared by several pods of a Deployment',
  rationale:
    'The second pod, or the new one of a rollout, waits for a volume that the first still holds on another node: Multi-Attach error, and the rollout hangs.',
  severity: 'error',
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
