import type { Rule } from '../../rule.ts';
import { missing } from './missing.ts';

export const claimsExist: Rule = {
  id: 'claims-exist',
  title: 'Every persistent volume claim that a pod mounts exists',
  rationale: 'The pod stays Pending: there is nothing to mount.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes',
  *check(platform) {
    for (const { pod, namespace, resource } of platform.workloads) {
      const templates = resource.at('spec', 'volumeClaimTemplates').items.map((one) => one.at('metadata', 'name').text);
      for (const volume of pod.at('volumes').items) {
        const at = volume.at('persistentVolumeClaim', 'claimName');
        if (at.text === undefined || templates.includes(at.text)) continue;
        if (platform.find('PersistentVolumeClaim', namespace, at.text)) continue;
        yield missing(platform, { at, kind: 'PersistentVolumeClaim', namespace, name: at.text });
      }
    }
  },
};
