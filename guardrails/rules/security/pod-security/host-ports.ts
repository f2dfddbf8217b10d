import { podSecurityRule } from '../../../pod-security.ts';

export const hostPorts = podSecurityRule({
  id: 'pod-security-host-ports',
  title: 'No container takes a port of the node',
  rationale: 'A port of the node goes around Services and policies, and two such pods never share a node.',
  level: 'baseline',
  fix: 'Remove hostPort, and reach the pod through a Service.',
  *violations({ containers }) {
    for (const { field, name } of containers) {
      for (const port of field.at('ports').items) {
        const at = port.at('hostPort');
        if ((at.number ?? 0) !== 0) yield { at, message: `container ${name} takes port ${at.number} of the node` };
      }
    }
  },
});
