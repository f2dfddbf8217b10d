import type { Rule } from '../../rule.ts';

export const mountsHaveVolumes: Rule = {
  id: 'mounts-have-volumes',
  title: 'Every mount has its volume, and every volume a mount',
  rationale:
    'The API server refuses a mount without a volume; a volume that nothing mounts is a file that the program looks for in vain.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#background',
  *check(platform) {
    for (const { resource, pod, containers } of platform.workloads) {
      const templates = resource.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('metadata', 'name'));
      const declared = [...pod.at('volumes').items.map((volume) => volume.at('name')), ...templates];
      const mounts = containers.flatMap(({ field }) => [
        ...field.at('volumeMounts').items,
        ...field.at('volumeDevices').items,
      ]);
      for (const mount of mounts) {
        const name = mount.at('name');
        if (name.text === undefined || declared.some(({ text }) => text === name.text)) continue;
        const names = declared.map(({ text }) => text).join(', ') || 'none';
        yield {
          at: name,
          message: `there is no volume ${name.text}: the pod has ${names}`,
          fix: 'Add the volume, or name one that the pod has.',
        };
      }
      for (const volume of declared) {
        if (volume.text === undefined || mounts.some((mount) => mount.at('name').text === volume.text)) continue;
        yield {
          at: volume,
          severity: 'warning',
          message: `no container mounts volume ${volume.text}`,
          fix: 'Mount it, or remove it.',
        };
      }
    }
  },
};
