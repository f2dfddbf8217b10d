import type { Rule } from '../../rule.ts';

export const volumesAreMounted: Rule = {
  id: 'volumes-are-mounted',
  title: 'Every volume has a mount',
  rationale: 'A volume that nothing mounts is a file that the program looks for in vain.',
  severity: 'warning',
  docs: 'https://kubernetes.io/docs/concepts/storage/volumes/#background',
  *check(platform) {
    for (const { resource, pod, containers } of platform.workloads) {
      const templates = resource.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('metadata', 'name'));
      const declared = [...pod.at('volumes').items.map((volume) => volume.at('name')), ...templates];
      const mounts = containers.flatMap(({ field }) => [
        ...field.at('volumeMounts').items,
        ...field.at('volumeDevices').items,
      ]);
      for (const volume of declared) {
        if (volume.text === undefined || mounts.some((mount) => mount.at('name').text === volume.text)) continue;
        yield {
          at: volume,
          message: `no container mounts volume ${volume.text}`,
          fix: 'Mount it, or remove it.',
        };
      }
    }
  },
};
