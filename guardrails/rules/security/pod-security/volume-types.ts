import { podSecurityRule } from '../../../pod-security.ts';

const ALLOWED = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'name',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

export const volumeTypes = podSecurityRule({
  id: 'pod-security-volume-types',
  title: 'Pods mount volumes of the safe types only',
  rationale: 'The other types reach the node or a storage server directly, past every check on a claim.',
  level: 'restricted',
  fix: 'Use a claim, an emptyDir, or a projected, configMap, secret, downwardAPI, csi or ephemeral volume.',
  *violations({ pod }) {
    for (const volume of pod.at('volumes').items) {
      for (const [type, at] of volume.entries) {
        if (!ALLOWED.has(type)) yield { at, message: `volume ${volume.at('name').scalar} is a ${type}` };
      }
    }
  },
});
