import { podSecurityRule } from '../../../pod-security.ts';

export const hostPath = podSecurityRule({
  id: 'pod-security-host-path',
  title: 'No pod mounts a path of the node',
  rationale: "A path of the node leads to other pods' secrets and to the node's own sockets.",
  level: 'baseline',
  fix: 'Use an emptyDir, a claim or a projected volume.',
  *violations({ pod }) {
    for (const volume of pod.at('volumes').items) {
      const at = volume.at('hostPath');
      if (at.exists)
        yield { at, message: `volume ${volume.at('name').scalar} is path ${at.at('path').scalar} of the node` };
    }
  },
});
